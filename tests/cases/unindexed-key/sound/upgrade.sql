CREATE INDEX books_by ON books (author, id); ALTER TABLE books ADD CONSTRAINT books_author FOREIGN KEY (author) REFERENCES authors;
