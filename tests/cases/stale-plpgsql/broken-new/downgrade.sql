DROP FUNCTION forget(integer);
