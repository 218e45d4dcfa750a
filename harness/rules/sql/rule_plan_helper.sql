-- How the planner would run each statement with as many rows in the tables as production has: its cost, and the
-- nodes of the plan. A statement that cannot be planned is left out.
CREATE FUNCTION pg_temp.pgrehearse_plans(statements json, tables json) RETURNS TABLE (number integer, cost numeric, plan text)
LANGUAGE plpgsql AS $$
DECLARE item record; found json; blanks text;
BEGIN
    FOR item IN SELECT to_regclass(t.name) AS id, t.rows FROM json_to_recordset(tables) AS t (name text, rows bigint)
                WHERE to_regclass(t.name) IS NOT NULL
    LOOP
        EXECUTE format('ANALYZE %s', item.id);
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
