-- title: loans are back
SELECT 'loans' AS missing WHERE to_regclass('loans') IS NULL;
