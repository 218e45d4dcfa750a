ALTER TABLE tasks ADD CONSTRAINT tasks_rank_key UNIQUE (rank);
