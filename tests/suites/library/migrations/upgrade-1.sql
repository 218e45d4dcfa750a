CREATE TABLE schema_version (revision text NOT NULL);
INSERT INTO schema_version VALUES ('1');
CREATE TABLE authors (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name text NOT NULL
);
CREATE TABLE books (
    id uuid PRIMARY KEY,
    author_id uuid NOT NULL REFERENCES authors (id),
    title text NOT NULL
);
CREATE TABLE loans (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    book_id uuid NOT NULL REFERENCES books (id),
    lent_on date NOT NULL DEFAULT current_date
);
