CREATE DOMAIN door_code AS text NOT NULL DEFAULT '00' CHECK (VALUE ~ '^[0-9]+$');
CREATE TABLE rooms (id integer PRIMARY KEY, code door_code);
