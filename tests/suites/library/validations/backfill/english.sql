-- title: books that were there are in English
SELECT id, language FROM books WHERE language <> 'en';
