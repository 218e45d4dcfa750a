CREATE SCHEMA crm; CREATE TABLE crm.users (id integer PRIMARY KEY, name text);
