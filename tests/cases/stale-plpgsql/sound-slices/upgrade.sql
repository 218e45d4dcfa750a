-- plpgsql_check must not be asked about that function: some versions of it end the whole server
ALTER TABLE readings ADD COLUMN taken timestamptz;
