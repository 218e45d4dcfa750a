-- How the planner would run each statement with as many rows in the tables as production has, and with the statistics of
-- their columns, as rule_plan_tables.sql has found them before the upgrade: its cost, and the nodes of the plan. Most common values
-- and histograms of the few rows here say nothing of production's, and are taken away. A statement that cannot be planned is left out.
CREATE FUNCTION pg_temp.pgrehearse_plans(statements json, tables json) RETURNS TABLE (number integer, cost numeric, plan text)
LANGUAGE plpgsql AS $$
DECLARE item record; found json; blanks text;
BEGIN
    FOR item IN SELECT c.oid::regclass AS id, c.relkind, t.rows, t.columns FROM json_to_recordset(tables) AS t (id oid, name text, rows bigint, columns json)
                JOIN pg_class c ON c.oid = coalesce((SELECT k.oid FROM pg_class k WHERE k.oid = t.id), to_regclass(t.name))
    LOOP
        EXECUTE format('ANALYZE %s', item.id);
        CREATE TEMP TABLE pgrehearse_column ON COMMIT DROP AS
        SELECT a.attnum, x.*, (SELECT o.amopopr FROM pg_opclass c JOIN pg_am m ON m.oid = c.opcmethod AND m.amname = 'btree'
                               JOIN pg_amop o ON o.amopfamily = c.opcfamily AND o.amoplefttype = c.opcintype AND o.amoprighttype = c.opcintype AND o.amopstrategy = 1
                               WHERE c.opcdefault AND c.opcintype = CASE a.atttypid WHEN 'varchar'::regtype THEN 'text'::regtype ELSE a.atttypid END) AS less, a.attcollation
        FROM json_to_recordset(item.columns) AS x (number integer, name text, nulls real, "distinct" real, width real, correlation real)
        -- the column of that name, or the one that had it
        JOIN pg_attribute a ON a.attrelid = item.id AND a.attnum > 0 AND NOT a.attisdropped
             AND CASE WHEN EXISTS (SELECT FROM pg_attribute n WHERE n.attrelid = item.id AND n.attname = x.name AND NOT n.attisdropped)
                      THEN a.attname = x.name ELSE a.attnum = x.number END
        WHERE x.nulls IS NOT NULL AND x."distinct" IS NOT NULL AND x.width IS NOT NULL;
        DELETE FROM pg_statistic s USING pgrehearse_column c WHERE s.starelid = item.id AND s.staattnum = c.attnum;
        INSERT INTO pg_statistic (starelid, staattnum, stainherit, stanullfrac, stawidth, stadistinct, stakind1, stakind2, stakind3, stakind4, stakind5,
                                  staop1, staop2, staop3, staop4, staop5, stacoll1, stacoll2, stacoll3, stacoll4, stacoll5, stanumbers1)
        SELECT item.id, c.attnum, item.relkind = 'p', c.nulls, c.width::integer, c."distinct", CASE WHEN known THEN 3 ELSE 0 END, 0, 0, 0, 0,
               CASE WHEN known THEN c.less ELSE 0 END, 0, 0, 0, 0, CASE WHEN known THEN c.attcollation ELSE 0 END, 0, 0, 0, 0,
               CASE WHEN known THEN ARRAY[c.correlation] END
        FROM pgrehearse_column c CROSS JOIN LATERAL (SELECT c.correlation IS NOT NULL AND c.less IS NOT NULL) k (known);
        DROP TABLE pgrehearse_column;
        UPDATE pg_class SET reltuples = item.rows, relpages = greatest(1, pg_relation_size(oid) / current_setting('block_size')::bigint)
        WHERE oid = item.id AND relkind IN ('r', 'm');
    END LOOP;
    PERFORM set_config('plan_cache_mode', 'force_generic_plan', true);
    FOR item IN SELECT s.* FROM json_to_recordset(statements) AS s (number integer, sql text, path text)
    LOOP
        BEGIN
            number := item.number;
            PERFORM set_config('search_path', coalesce(item.path, current_setting('pgrehearse.search_path')), true);
            EXECUTE 'PREPARE pgrehearse_plan AS ' || item.sql;
            SELECT '(' || nullif(repeat('NULL, ', cardinality(parameter_types) - 1) || 'NULL', '') || ')' INTO blanks
            FROM pg_prepared_statements WHERE name = 'pgrehearse_plan' AND cardinality(parameter_types) > 0;
            EXECUTE 'EXPLAIN (FORMAT JSON) EXECUTE pgrehearse_plan' || coalesce(blanks, '') INTO found;
            cost := (found -> 0 -> 'Plan' ->> 'Total Cost')::numeric;
            plan := (SELECT string_agg(concat_ws(' ', n ->> 'Node Type', 'on ' || (n ->> 'Relation Name'), 'using ' || (n ->> 'Index Name')), ', ')
                     FROM jsonb_path_query(found::jsonb, 'strict $.**?(exists (@."Node Type"))') n);
            RETURN NEXT;
        EXCEPTION WHEN OTHERS THEN NULL;
        END;
        IF EXISTS (SELECT FROM pg_prepared_statements WHERE name = 'pgrehearse_plan') THEN
            DEALLOCATE pgrehearse_plan;
        END IF;
    END LOOP;
    PERFORM set_config('search_path', 'pg_catalog, pg_temp', true);
END $$;
