-- title: books have a language
-- requirements: L-1
SELECT 'language' AS missing WHERE NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'books'::regclass AND attname = 'language');
