UPDATE tasks t SET rank = NULL WHERE EXISTS (SELECT FROM tasks o WHERE o.rank = t.rank AND o.id < t.id);
ALTER TABLE tasks ADD CONSTRAINT tasks_rank_key UNIQUE (rank);
