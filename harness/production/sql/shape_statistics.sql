-- The planner's statistics of the columns that this role may read; $1: whether with values (t or f). A column has one row.
SELECT c.oid AS relation, a.attnum AS number, s.null_frac AS nulls, s.n_distinct AS distinct, s.correlation, s.avg_width AS width,
       CASE WHEN $1::boolean THEN array_to_json(s.most_common_vals::text::text[]) END AS common,
       CASE WHEN $1::boolean THEN array_to_json(s.most_common_freqs) END AS shares,
       CASE WHEN $1::boolean THEN array_to_json(s.histogram_bounds::text::text[]) END AS histogram
FROM (SELECT DISTINCT ON (schemaname, tablename, attname) * FROM pg_stats
      WHERE schemaname !~ '^pg_' AND schemaname <> 'information_schema'
      ORDER BY schemaname, tablename, attname, inherited) s
JOIN pg_namespace n ON n.nspname = s.schemaname
JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = s.tablename
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = s.attname
WHERE c.relkind IN ('r', 'p', 'm')
