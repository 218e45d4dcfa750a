ALTER TABLE users ADD COLUMN token text, ADD COLUMN is_lucky boolean, ADD COLUMN cities text, ADD COLUMN noted timestamptz;
UPDATE users SET token = gen_random_uuid(), is_lucky = random() < 0.5, noted = clock_timestamp(),
    cities = (SELECT string_agg(addresses.city, ', ') FROM addresses WHERE owner = users.id);
