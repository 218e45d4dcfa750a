INSERT INTO tasks VALUES (5, 'a'), (6, 'b'); SELECT setval('tasks_id_seq', 6);
