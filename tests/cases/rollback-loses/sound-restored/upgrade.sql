-- the old rows are set aside, to be put back by the downgrade
CREATE TABLE tasks_was AS TABLE tasks;
ALTER TABLE tasks DROP COLUMN rank;
