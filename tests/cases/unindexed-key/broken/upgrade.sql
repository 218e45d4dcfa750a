ALTER TABLE books ADD CONSTRAINT books_author FOREIGN KEY (author) REFERENCES authors;
