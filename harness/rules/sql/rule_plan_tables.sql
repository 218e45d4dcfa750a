-- The tables of the shape ($1) that the database has, with their identities and those of their columns: what the upgrade renames
-- keeps them, and its statistics with them.
SELECT coalesce(json_agg(json_build_object('id', c.oid::bigint, 'name', t.name, 'rows', t.rows, 'columns', (
    SELECT coalesce(json_agg(json_build_object('number', a.attnum, 'name', x.name, 'nulls', x.nulls, 'distinct', x."distinct", 'width', x.width,
                                               'correlation', x.correlation)), '[]')
    FROM json_to_recordset(t.columns) AS x (name text, nulls real, "distinct" real, width real, correlation real)
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = x.name AND a.attnum > 0 AND NOT a.attisdropped))), '[]')
FROM json_to_recordset($1::json) AS t (name text, rows bigint, columns json) JOIN pg_class c ON c.oid = to_regclass(t.name)
