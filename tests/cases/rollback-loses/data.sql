INSERT INTO tasks (title, rank) VALUES ('one', 1), ('two', 2), ('three', 3);
