DROP INDEX seats_number;
CREATE INDEX seats_number ON seats (number) WITH (fillfactor = 90);
