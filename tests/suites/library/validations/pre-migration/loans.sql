-- title: every loan is of a book
SELECT l.id FROM loans l WHERE NOT EXISTS (SELECT FROM books b WHERE b.id = l.book_id);
