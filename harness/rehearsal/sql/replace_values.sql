-- Gives every text column that holds the value $1 somewhere the values $2, in turn; how many columns.
CREATE FUNCTION pg_temp.pgrehearse_replace(value text, taken text[]) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE place record; found boolean; replaced integer := 0;
BEGIN
    FOR place IN
        SELECT c.oid::regclass AS relation, a.attname AS part, format_type(a.atttypid, a.atttypmod) AS type
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
        JOIN pg_type t ON t.oid = a.atttypid AND t.typcategory = 'S'
        WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname !~ '^pg_'
          AND n.nspname <> 'information_schema'
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %s WHERE %I::text = $1)', place.relation, place.part)
            INTO found USING value;
        CONTINUE WHEN NOT found;
        BEGIN
            EXECUTE format('UPDATE %1$s AS r SET %2$I = ($1[1 + (n - 1) %% cardinality($1)])::%3$s FROM (SELECT ctid AS id, '
                           'tableoid AS whose, row_number() OVER (ORDER BY ctid) AS n FROM %1$s) AS q '
                           'WHERE r.ctid = q.id AND r.tableoid = q.whose', place.relation, place.part, place.type) USING taken;
            replaced := replaced + 1;
        EXCEPTION WHEN integrity_constraint_violation OR data_exception OR raise_exception THEN
            NULL; -- then its rows are taken out
        END;
    END LOOP;
    RETURN replaced;
END $$
