ALTER TABLE tasks DROP CONSTRAINT tasks_rank_key;
