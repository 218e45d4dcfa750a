CREATE FUNCTION tax_of(integer) RETURNS integer LANGUAGE sql AS 'SELECT $1 / 5';
