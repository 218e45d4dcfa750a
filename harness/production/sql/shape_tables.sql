-- $1: what shape_statistics.sql gave, as JSON. Every table but those of extensions, by its name: NAME, its own facts as
-- JSON, its indexes and its columns as JSON texts, a line each, and how many columns have statistics. Only the catalogue
-- is read, so nothing waits for a lock.
WITH RECURSIVE statistic AS MATERIALIZED (
    SELECT * FROM json_to_recordset($1::json) AS x (relation oid, number integer, nulls real, "distinct" real, correlation real,
                                                    width integer, common json, shares json, histogram json)),
root AS MATERIALIZED (
    SELECT c.oid, c.relkind, c.relispartition, c.relowner, c.reltoastrelid, c.reltuples, c.relpages, c.relpersistence,
           format('%I.%I', n.nspname, c.relname) AS name,
           coalesce((SELECT option_value::float FROM pg_options_to_table(c.reloptions) WHERE option_name = 'fillfactor'), 100) AS fill
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'm') AND c.relpersistence <> 't' AND c.oid >= 16384
      AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')),
member(root, oid) AS (
    SELECT oid, oid FROM root UNION SELECT m.root, i.inhrelid FROM member m JOIN root r ON r.oid = m.root AND r.relkind = 'p'
    JOIN pg_inherits i ON i.inhparent = m.oid),
size AS (
    SELECT m.root, sum(CASE WHEN c.reltuples >= 0 THEN c.reltuples WHEN pg_stat_get_live_tuples(c.oid) > 0 THEN pg_stat_get_live_tuples(c.oid) END)::bigint AS rows,
           sum(c.relpages)::bigint AS pages, sum(pg_stat_get_dead_tuples(c.oid))::bigint AS dead, sum(t.relpages)::bigint AS toast
    FROM member m JOIN pg_class c ON c.oid = m.oid LEFT JOIN pg_class t ON t.oid = c.reltoastrelid
    WHERE c.relkind IN ('r', 'm') GROUP BY m.root),
wide AS ( -- bytes of a row: its header, its line pointer, what its columns take on average
    SELECT s.relation, 28 + sum(s.width * (1 - s.nulls)) AS bytes, count(*) AS known FROM statistic s GROUP BY s.relation),
part AS (
    SELECT a.attrelid, count(*) AS number, count(s.relation) AS known,
           string_agg(json_strip_nulls(row_to_json(q))::text, E'\n' ORDER BY a.attnum) AS columns
    FROM pg_attribute a LEFT JOIN statistic s ON s.relation = a.attrelid AND s.number = a.attnum
    CROSS JOIN LATERAL (SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, trim_scale(round(s.nulls::numeric, 4)) AS nulls,
                               trim_scale(round(s."distinct"::numeric, 6)) AS "distinct", s.width, trim_scale(round(s.correlation::numeric, 3)) AS correlation,
                               s.common, s.shares, s.histogram) q
    WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attrelid IN (SELECT oid FROM root)
    GROUP BY a.attrelid),
index AS (
    SELECT i.indrelid, string_agg(json_strip_nulls(row_to_json(q))::text, E'\n' ORDER BY c.relname COLLATE "C") AS indexes
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    CROSS JOIN LATERAL (SELECT c.relname AS name, CASE WHEN c.relkind = 'i' THEN c.relpages END AS pages) q
    GROUP BY i.indrelid)
SELECT r.name, json_strip_nulls(row_to_json(q)), i.indexes, p.columns, coalesce(p.known, 0), coalesce(p.number, 0)
FROM root r LEFT JOIN size s ON s.root = r.oid LEFT JOIN wide w ON w.relation = r.oid
LEFT JOIN part p ON p.attrelid = r.oid LEFT JOIN index i ON i.indrelid = r.oid
CROSS JOIN LATERAL (
    SELECT r.name, CASE WHEN r.relkind = 'm' THEN 'materialized view' WHEN r.relkind = 'p' THEN 'partitioned'
                        WHEN r.relispartition THEN 'partition' WHEN r.relpersistence = 'u' THEN 'unlogged' END AS kind,
           pg_get_userbyid(r.relowner) AS owner, s.rows, nullif(s.dead, 0) AS dead_rows, CASE WHEN s.rows IS NOT NULL THEN s.pages END AS pages,
           CASE WHEN w.known = p.number AND s.pages > 10 AND s.rows > 0 -- share of the pages that full rows would not need
                THEN nullif(trim_scale(round(greatest(0, 1 - ceil(s.rows / greatest(1, floor(8168 * r.fill / 100 / w.bytes))) / s.pages)::numeric, 2)), 0) END AS bloat,
           nullif(s.toast, 0) AS toast_pages) q
ORDER BY r.name COLLATE "C"
