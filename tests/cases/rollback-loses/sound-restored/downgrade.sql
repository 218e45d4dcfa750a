ALTER TABLE tasks ADD COLUMN rank integer UNIQUE;
UPDATE tasks t SET rank = w.rank FROM tasks_was w WHERE w.id = t.id;
DROP TABLE tasks_was;
