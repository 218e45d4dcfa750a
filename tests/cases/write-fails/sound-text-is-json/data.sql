INSERT INTO polls VALUES ('a', 'words that were made up');
