-- by way of text, so that the domain can be recreated for longer codes
ALTER TABLE rooms ALTER COLUMN code TYPE text;
DROP DOMAIN door_code;
CREATE DOMAIN door_code AS varchar(80);
ALTER TABLE rooms ALTER COLUMN code TYPE door_code;
