ALTER TABLE books ADD COLUMN language varchar(2) NOT NULL DEFAULT 'en'
    CONSTRAINT books_language_check CHECK (language ~ '^[a-z]{2}$');
DROP TABLE loans;
UPDATE schema_version SET revision = '2';
