DELETE FROM tasks;
ALTER TABLE tasks ADD COLUMN rank integer UNIQUE;
INSERT INTO tasks SELECT * FROM tasks_was;
DROP TABLE tasks_was;
