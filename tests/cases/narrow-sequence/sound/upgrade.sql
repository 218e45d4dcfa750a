ALTER TABLE visits ALTER COLUMN id TYPE bigint; ALTER SEQUENCE visits_id_seq AS bigint;
