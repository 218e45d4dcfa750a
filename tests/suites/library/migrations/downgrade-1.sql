CREATE TABLE loans (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    book_id uuid NOT NULL REFERENCES books (id),
    lent_on date NOT NULL DEFAULT current_date
);
ALTER TABLE books DROP COLUMN language;
UPDATE schema_version SET revision = '1';
