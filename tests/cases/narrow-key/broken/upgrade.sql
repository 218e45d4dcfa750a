ALTER TABLE owners ALTER COLUMN id TYPE bigint;
ALTER SEQUENCE owners_id_seq AS bigint;
