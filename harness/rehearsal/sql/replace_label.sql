-- Gives every enum column that holds the label the one after it, the first one after the last; which columns.
CREATE FUNCTION pg_temp.pgrehearse_replace_label(label text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE place record; touched bigint; replaced text[] := '{}';
BEGIN
    FOR place IN
        SELECT format('%I.%I', n.nspname, c.relname) AS relation, a.attname AS part, a.atttypid::regtype AS type,
               (SELECT e.enumlabel FROM pg_enum e WHERE e.enumtypid = a.atttypid AND e.enumlabel <> label
                ORDER BY e.enumsortorder < l.enumsortorder, e.enumsortorder LIMIT 1) AS other
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
        JOIN pg_enum l ON l.enumtypid = a.atttypid AND l.enumlabel = label
        WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
        ORDER BY 1, 2
    LOOP
        CONTINUE WHEN place.other IS NULL;
        BEGIN
            EXECUTE format('UPDATE %1$s SET %2$I = $1::%3$s WHERE %2$I = $2::%3$s', place.relation, place.part, place.type)
                USING place.other, label;
            GET DIAGNOSTICS touched = ROW_COUNT;
            IF touched > 0 THEN
                replaced := replaced || format('%s.%I', place.relation, place.part);
            END IF;
        EXCEPTION WHEN integrity_constraint_violation OR raise_exception THEN
            NULL; -- then its rows are taken out
        END;
    END LOOP;
    RETURN array_to_string(replaced, ', ');
END $$
