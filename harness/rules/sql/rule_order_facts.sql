-- Digests of the columns of every table but $1, or of partitioned ones and those in $2, where that is known: of the values alone, with the key of their row, and with its place in the
-- table. What is put together of several values counts whatever their order, a float but for its last digits.
-- Large tables are left out.
WITH col AS (
    SELECT c.oid, c.oid::regclass::text AS name, quote_ident(a.attname) AS part, a.attnum,
           a.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype) AS integral,
           a.attidentity <> '' OR coalesce(pg_get_expr(d.adbin, d.adrelid) ~ 'nextval\(', false) AS counted,
           coalesce(a.attnum = ANY (k.conkey), false) AS in_key,
           CASE WHEN a.atttypid IN ('float4'::regtype, 'float8'::regtype) THEN format('to_char(%I, ''9.99999EEEE'')', a.attname)
                WHEN t.typcategory IN ('S', 'A', 'U', 'C') AND a.atttypid <> 'uuid'::regtype
                THEN format('(SELECT string_agg(x, '''' ORDER BY x COLLATE "C") FROM unnest(string_to_array(left(%I::text, 1000), NULL)) x)', a.attname)
                ELSE format('%I::text', a.attname) END AS value
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_type t ON t.oid = a.atttypid AND t.typcategory <> 'B' -- a few random booleans are alike by chance
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    LEFT JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype = 'p'
    WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname !~ '^pg_'
      AND n.nspname <> 'information_schema' AND pg_relation_size(c.oid) < 8388608
      AND NOT (c.oid::regclass::text = ANY ($1) OR c.relname = ANY ($1))
      AND ($2::text[] IS NULL OR c.oid::regclass::text = ANY ($2) OR c.relkind = 'p')),
home AS (
    SELECT oid, name, pg_temp.pgrehearse_value(format('SELECT array_to_json(ARRAY[%s]) FROM (SELECT %s, %s AS place, %s AS key FROM %s) q',
        string_agg(format('json_build_object(''rows'', count(*), ''varied'', count(DISTINCT c%1$s) > 1, '
            '''loose'', coalesce(sum(hashtextextended(c%1$s, 0)), 0)::text, '
            '''keyed'', coalesce(sum(hashtextextended(key || '' '' || c%1$s, 0)), 0)::text, '
            '''placed'', coalesce(sum(hashtextextended(place || '' '' || c%1$s, 0)), 0)::text)', attnum), ', ' ORDER BY attnum),
        string_agg(format('%s AS c%s', value, attnum), ', ' ORDER BY attnum), 'tableoid::bigint * 0 || ctid::text',
        coalesce('concat_ws('' '', ' || string_agg(part, ', ' ORDER BY attnum) FILTER (WHERE in_key) || ')', 'NULL::text'), name))::json AS digests,
        coalesce(bool_or(in_key), false) AS has_key
    FROM col GROUP BY oid, name)
SELECT c.name, c.part, c.integral, c.counted, h.has_key, c.in_key, d.*
FROM home h JOIN LATERAL (SELECT *, row_number() OVER (ORDER BY attnum) AS n FROM col WHERE col.oid = h.oid) c ON true
JOIN LATERAL json_array_elements(h.digests) WITH ORDINALITY e (digest, n) ON e.n = c.n
CROSS JOIN LATERAL json_to_record(e.digest) AS d (rows bigint, varied boolean, loose text, keyed text, placed text)
