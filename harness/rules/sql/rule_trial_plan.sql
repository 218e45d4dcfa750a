-- What to try: for every table an INSERT that leaves defaults alone, an UPDATE that sets every column
-- to itself, a DELETE; as ourselves and as the roles that may do it. Values are those of a row that is
-- there, with keys that are not yet taken; of an empty table they are made up. $1: the columns after
-- the upgrade; `now` is the same statement for the database after it, without columns that are gone.
WITH later AS MATERIALIZED (
    SELECT * FROM json_to_recordset($1) AS x (what text, name text, part text, computed boolean) WHERE what = 'column'),
relation AS MATERIALIZED (
    SELECT c.oid, c.oid::regclass::text AS name, c.relowner, c.relacl, c.relkind
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.oid >= 16384 AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      AND (c.relkind IN ('r', 'p') OR c.relkind = 'v' AND pg_relation_is_updatable(c.oid, false) & 28 <> 0)
      AND NOT c.relispartition
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
                      AND d.deptype = 'e')),
attribute AS MATERIALIZED (
    SELECT r.oid, r.name, a.attnum, a.attname, quote_ident(a.attname) AS part, t.typcategory, t.typtype,
           format_type(a.atttypid, a.atttypmod) AS type, coalesce(nullif(t.typbasetype, 0), t.oid) AS base,
           a.attnotnull, a.attgenerated <> '' OR a.attidentity <> '' AS computed,
           EXISTS (SELECT FROM later l WHERE l.name = r.name AND l.part = quote_ident(a.attname) AND NOT l.computed) AS stays,
           a.atthasdef OR a.attidentity <> '' OR a.attgenerated <> '' AS defaulted,
           (SELECT format('(SELECT %I FROM %s LIMIT 1)', f.attname, k.confrelid::regclass)
            FROM pg_constraint k
            JOIN pg_attribute f ON f.attrelid = k.confrelid AND f.attnum = k.confkey[array_position(k.conkey, a.attnum)]
            WHERE k.conrelid = r.oid AND k.contype = 'f' AND a.attnum = ANY (k.conkey) LIMIT 1) AS parent
    FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid JOIN pg_type t ON t.oid = a.atttypid
    WHERE a.attnum > 0 AND NOT a.attisdropped),
-- of every unique index that no default keeps unique, one column gets another value
varied AS MATERIALIZED (
    SELECT DISTINCT ON (i.indexrelid) a.oid, a.attnum
    FROM relation r JOIN pg_index i ON i.indrelid = r.oid AND i.indisunique
    JOIN attribute a ON a.oid = r.oid AND a.attnum = ANY (i.indkey)
    WHERE NOT EXISTS (SELECT FROM attribute d WHERE d.oid = r.oid AND d.attnum = ANY (i.indkey) AND d.defaulted)
      AND a.parent IS NULL AND (a.typcategory = 'S' OR a.base IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype,
                          'numeric'::regtype, 'float4'::regtype, 'float8'::regtype) OR a.base IN ('uuid'::regtype, 'date'::regtype)
                                OR a.base IN ('timestamp'::regtype, 'timestamptz'::regtype))
    ORDER BY i.indexrelid, a.typcategory = 'N' DESC, a.base = 'uuid'::regtype DESC, a.typcategory = 'S' DESC),
donated AS MATERIALIZED (
    SELECT a.*, v.attnum IS NOT NULL AS varies,
           CASE WHEN v.attnum IS NULL THEN format('quote_nullable(t.%s::text)', a.part)
                WHEN a.typcategory = 'N' THEN format(free, 'n', a.name, a.part, 'n')
                WHEN a.base = 'uuid'::regtype THEN 'quote_nullable(gen_random_uuid()::text)'
                WHEN a.typcategory = 'S' THEN format('quote_nullable(t.%s::text || ''x'')', a.part)
                ELSE format(free, day, a.name, a.part, day)
           END AS fresh,
           CASE WHEN a.parent IS NOT NULL THEN a.parent WHEN NOT a.attnotnull THEN 'NULL'
                WHEN a.typtype = 'e' THEN format('(enum_first(NULL::%s))', a.type)
                ELSE CASE a.typcategory WHEN 'N' THEN '1' WHEN 'B' THEN 'true' WHEN 'D' THEN '''2001-01-01''' WHEN 'A' THEN '''{}'''
                     WHEN 'I' THEN '''10.0.0.1''' WHEN 'T' THEN '''1 hour''' WHEN 'R' THEN '''empty'''
                     WHEN 'S' THEN '''x''' ELSE CASE WHEN a.base IN ('json'::regtype, 'jsonb'::regtype) THEN '''{}'''
                     WHEN a.base = 'uuid'::regtype THEN 'gen_random_uuid()' ELSE 'NULL' END END END AS made_up
    FROM attribute a LEFT JOIN varied v ON v.oid = a.oid AND v.attnum = a.attnum,
         -- the first that no row has: beyond the largest there may be none
         (VALUES ('quote_nullable((SELECT %1$s FROM generate_series(1, (SELECT count(*) + 1 FROM %2$s)) n '
                  'WHERE NOT EXISTS (SELECT FROM %2$s f WHERE f.%3$s = %4$s) LIMIT 1)::text)',
                  'timestamp ''2001-01-01'' + n * interval ''1 day''')) AS x (free, day)
    WHERE NOT a.defaulted),
-- the values as arrays, in the order of the columns
donation AS MATERIALIZED (
    SELECT oid, name, array_agg(part ORDER BY attnum) AS columns, array_agg(stays ORDER BY attnum) AS stays,
           pg_temp.pgrehearse_value(format('SELECT ARRAY[%s]::text[] FROM %s t LIMIT 1',
               string_agg(fresh, ', ' ORDER BY attnum), name))::text[] AS fresh,
           pg_temp.pgrehearse_value(format('SELECT ARRAY[%s]::text[] FROM %s t LIMIT 1',
               string_agg(format('quote_nullable(t.%s::text)', part), ', ' ORDER BY attnum), name))::text[] AS same,
           array_agg(made_up ORDER BY attnum) AS made_up,
           -- the row itself, by what tells it from others
           pg_temp.pgrehearse_value(format('SELECT concat_ws('' AND '', %s) FROM %s t LIMIT 1',
               string_agg(format('''%s::text IS NOT DISTINCT FROM '' || quote_nullable(t.%s::text)',
                          replace(part, '''', ''''''), part), ', ' ORDER BY attnum), name)) AS row
    FROM donated GROUP BY oid, name),
target AS (
    SELECT r.oid, r.name, r.relkind, NULL::oid AS role, NULL::text AS rights FROM relation r
    UNION ALL
    SELECT oid, name, relkind, grantee, rights FROM (
        SELECT r.oid, r.name, r.relkind, x.grantee, string_agg(x.privilege_type, ' ') AS rights,
               row_number() OVER (PARTITION BY r.oid ORDER BY x.grantee) AS number
        FROM relation r, aclexplode(r.relacl) x JOIN pg_roles u ON u.oid = x.grantee AND NOT u.rolsuper
        WHERE x.privilege_type IN ('INSERT', 'UPDATE', 'DELETE')
        GROUP BY r.oid, r.name, r.relkind, x.grantee) q
    WHERE number <= 3),
assignment AS MATERIALIZED (
    SELECT oid, string_agg(format('%s = %1$s', part), ', ' ORDER BY attnum) AS all_columns,
           string_agg(format('%s = %1$s', part), ', ' ORDER BY attnum) FILTER (WHERE stays) AS all_now
    FROM attribute WHERE NOT computed GROUP BY oid),
place AS (
    SELECT oid, name, CASE WHEN relkind = 'v' THEN ''
           ELSE format(' WHERE ctid = ANY (ARRAY(SELECT ctid FROM %s LIMIT 1))', name) END AS one
    FROM relation),
statement AS (
    SELECT r.oid, x.* FROM relation r JOIN place p ON p.oid = r.oid LEFT JOIN donation d ON d.oid = r.oid
    LEFT JOIN assignment u ON u.oid = r.oid
    CROSS JOIN LATERAL (
        SELECT string_agg(c, ', ' ORDER BY n) AS columns, string_agg(v, ', ' ORDER BY n) AS fresh,
               string_agg(s, ', ' ORDER BY n) AS same,
               string_agg(c, ', ' ORDER BY n) FILTER (WHERE k) AS columns_now,
               string_agg(v, ', ' ORDER BY n) FILTER (WHERE k) AS fresh_now,
               string_agg(s, ', ' ORDER BY n) FILTER (WHERE k) AS same_now
        FROM unnest(d.columns, coalesce(d.fresh, d.made_up), d.same, d.stays) WITH ORDINALITY u (c, v, s, k, n)) i
    CROSS JOIN LATERAL (
        VALUES ('INSERT', 1,
                CASE WHEN i.columns IS NULL THEN 'INSERT INTO ' || r.name || ' DEFAULT VALUES'
                     ELSE format('INSERT INTO %s (%s) VALUES (%s)', r.name, i.columns, i.fresh) END,
                CASE WHEN i.columns_now IS NULL THEN 'INSERT INTO ' || r.name || ' DEFAULT VALUES'
                     ELSE format('INSERT INTO %s (%s) VALUES (%s)', r.name, i.columns_now, i.fresh_now) END),
               ('INSERT', 2,
                CASE WHEN r.relkind <> 'v' AND d.same IS NOT NULL THEN
                    format('DELETE FROM %1$s WHERE ctid = ANY (ARRAY(SELECT ctid FROM %1$s WHERE %2$s LIMIT 1)); '
                           'INSERT INTO %1$s (%3$s) VALUES (%4$s)', r.name, d.row, i.columns, i.same) END,
                CASE WHEN r.relkind <> 'v' AND NOT false = ANY (d.stays) THEN
                    format('DELETE FROM %1$s WHERE ctid = ANY (ARRAY(SELECT ctid FROM %1$s WHERE %2$s LIMIT 1)); '
                           'INSERT INTO %1$s (%3$s) VALUES (%4$s)', r.name, d.row, i.columns, i.same) END),
               ('UPDATE', 1, 'UPDATE ' || r.name || ' SET ' || u.all_columns || p.one,
                'UPDATE ' || r.name || ' SET ' || u.all_now || p.one),
               ('DELETE', 1, 'DELETE FROM ' || r.name || p.one, 'DELETE FROM ' || r.name || p.one)) x (action, attempt, sql, now))
SELECT t.name AS relation, s.action, s.attempt, s.sql, s.now, CASE WHEN t.role IS NOT NULL THEN pg_get_userbyid(t.role) END AS role
FROM target t JOIN statement s ON s.oid = t.oid
WHERE s.sql <> '' AND s.now <> '' AND (t.role IS NULL OR t.rights LIKE '%' || s.action || '%')
  AND EXISTS (SELECT FROM later l WHERE l.name = t.name)
ORDER BY 1, 6 NULLS FIRST, 2, 3
