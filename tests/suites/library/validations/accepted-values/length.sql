-- title: languages have two letters
SELECT id, language FROM books WHERE length(language) <> 2;
