-- Functions of the session that try whether a constraint is in force, by turning a copy of a row
-- that is there into one that violates it. Nothing stays: each trial is rolled back as it ends.
--
-- pgrehearse_attempt runs one statement: what refused it, or '' where nothing did.
-- pgrehearse_try says how a trial of a rule of constraint_list.sql ended: 'refused' as it has to
-- be, 'accepted' a row that violates it, 'unviolated' if no value at hand does, 'no row' to try with.
CREATE FUNCTION pg_temp.pgrehearse_attempt(statement text, OUT state text, OUT refused_by text,
                                           OUT message text, OUT touched bigint)
LANGUAGE plpgsql AS $$
DECLARE
    column_name text;
BEGIN
    EXECUTE statement;
    GET DIAGNOSTICS touched = ROW_COUNT;
    RAISE EXCEPTION USING ERRCODE = 'PGRUN';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, refused_by = CONSTRAINT_NAME,
        column_name = COLUMN_NAME, message = MESSAGE_TEXT;
    IF state = '23502' THEN
        refused_by := column_name;
    ELSIF state = 'PGRUN' THEN
        state := '';
        message := '';
    END IF;
END $$;

CREATE FUNCTION pg_temp.pgrehearse_try(kind text, target text, columns text[], condition text,
                                       wanted text, own text[], OUT outcome text, OUT met text,
                                       OUT tried text, OUT attempts integer)
LANGUAGE plpgsql AS $$
DECLARE
    expected CONSTANT text := CASE kind WHEN 'c' THEN '23514' WHEN 'n' THEN '23502'
                                        WHEN 'u' THEN '23505' ELSE '23503' END;
    -- no row of anybody's has a parent like these; of a CHECK they are what is refused most often
    common CONSTANT text[] := ARRAY[gen_random_uuid()::text, md5(random()::text), '', ' ', '-', 'A', 'a b',
        'a_b', '!', '''', E'\n', E'\u00e9', repeat('x', 300), '0', '-1', '-2147483647', '2147483646',
        '99999', '1.5', 'NaN', 'infinity', '-infinity', '0001-01-01', '9999-12-31', 'true', 'false',
        '{}', '[]', 'null', NULL];
    list CONSTANT text := (SELECT string_agg(quote_ident(c), ', ') FROM unnest(columns) c);
    there CONSTANT text := (SELECT string_agg(quote_ident(c) || ' IS NOT NULL', ' AND ')
                            FROM unnest(columns) c);
    one CONSTANT text := format(' WHERE ctid = (SELECT ctid FROM ONLY %s LIMIT 1)', target);
    attempt record;
    statements text[];
    any_taken boolean := false;
    without_others text := '';
BEGIN
    SET CONSTRAINTS ALL IMMEDIATE;
    attempts := 0;
    IF kind = 'u' THEN
        statements := ARRAY[format(
            'WITH two AS (SELECT array_agg(ctid) AS place FROM (SELECT ctid FROM ONLY %1$s WHERE %2$s '
            'AND (%3$s) LIMIT 2) AS rows HAVING count(*) = 2) UPDATE ONLY %1$s SET (%4$s) = ROW(%5$s) '
            'FROM two, ONLY %1$s AS other WHERE %1$s.ctid = two.place[1] AND other.ctid = two.place[2]',
            target, there, condition, list,
            (SELECT string_agg('other.' || quote_ident(c), ', ') FROM unnest(columns) c))];
    ELSIF kind = 'n' THEN
        statements := ARRAY[format('UPDATE ONLY %s SET %I = NULL', target, columns[1]) || one];
    ELSIF kind = 'f' THEN
        SELECT array_agg(format('UPDATE ONLY %s SET ', target) || assignments || one)
          INTO statements
          FROM (SELECT string_agg(format('%I = %L::%s', a.attname, v, format_type(a.atttypid, a.atttypmod)),
                                  ', ') AS assignments
                  FROM unnest(common) AS v
                  JOIN pg_attribute a ON a.attrelid = target::regclass AND a.attname = ANY (columns)
                 WHERE v IS NOT NULL AND v <> '0' GROUP BY v) AS each;
    ELSE
        SELECT array_agg(format('UPDATE ONLY %s SET %I = %L::%s', target, a.attname, v,
                                format_type(a.atttypid, a.atttypmod)) || one)
          INTO statements
          FROM unnest(own || common) AS v
          JOIN pg_attribute a ON a.attrelid = target::regclass AND a.attname = ANY (columns);
    END IF;
    FOREACH tried IN ARRAY statements LOOP
        SELECT * INTO attempt FROM pg_temp.pgrehearse_attempt(without_others || tried);
        attempts := attempts + 1;
        -- another constraint was faster: drop it, for as long as the trial takes
        WHILE attempt.state IN ('23503', '23505', '23514') AND attempt.refused_by <> wanted
              AND strpos(without_others, format(' %I CASCADE;', attempt.refused_by)) = 0 LOOP
            without_others := without_others || CASE
                WHEN EXISTS (SELECT FROM pg_constraint WHERE conrelid = target::regclass
                             AND conname = attempt.refused_by)
                THEN format('ALTER TABLE %s DROP CONSTRAINT %I CASCADE;', target, attempt.refused_by)
                ELSE format('DROP INDEX %s.%I CASCADE;',
                            (SELECT relnamespace::regnamespace FROM pg_class
                             WHERE oid = target::regclass), attempt.refused_by) END;
            SELECT * INTO attempt FROM pg_temp.pgrehearse_attempt(without_others || tried);
        END LOOP;
        IF attempt.state = expected AND attempt.refused_by = wanted THEN
            outcome := 'refused';
            RETURN;
        ELSIF attempt.state = '' AND attempt.touched = 0 THEN
            outcome := 'no row';
            RETURN;
        END IF;
        any_taken := any_taken OR attempt.state = '';
        -- a value that is none of its type tells nothing
        IF met IS NULL AND attempt.state NOT IN ('', '22P02', '22007', '22008', '22003', '42846') THEN
            met := format('%s: %s', attempt.state, attempt.message);
        END IF;
    END LOOP;
    outcome := CASE WHEN any_taken AND kind <> 'c' THEN 'accepted' ELSE 'unviolated' END;
END $$;
