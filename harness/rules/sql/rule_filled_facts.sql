-- For each column of the tables $1: how many rows there are, how many have a value, and a digest of these.
SELECT t.name, quote_ident(a.attname) AS part, split_part(v.found, ' ', 1)::bigint AS rows,
       split_part(v.found, ' ', 2)::bigint AS filled, split_part(v.found, ' ', 3) AS digest
FROM json_to_recordset($1::json) AS t (name text)
JOIN pg_attribute a ON a.attrelid = to_regclass(t.name) AND a.attnum > 0 AND NOT a.attisdropped
CROSS JOIN LATERAL (SELECT pg_temp.pgrehearse_value(format(
    'SELECT concat_ws('' '', count(*), count(%1$I), md5(string_agg(md5(%1$I::text), '''' ORDER BY md5(%1$I::text)))) FROM %2$s',
    a.attname, to_regclass(t.name))) AS found) v
ORDER BY t.name, a.attnum
