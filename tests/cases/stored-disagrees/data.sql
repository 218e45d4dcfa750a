INSERT INTO pages VALUES (1, 'A b'), (2, 'Long title');
