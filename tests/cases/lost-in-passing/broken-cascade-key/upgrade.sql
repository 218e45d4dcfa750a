ALTER TABLE shelves DROP CONSTRAINT shelves_pkey CASCADE;
ALTER TABLE shelves ADD CONSTRAINT shelves_pkey PRIMARY KEY (id) WITH (fillfactor = 90);
