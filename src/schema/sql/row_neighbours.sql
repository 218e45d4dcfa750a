-- The tables that a foreign key links to the table $1 (oid), either way, with the condition that picks
-- the row `o` that belongs to a row `t` of it.
SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS neighbour,
       string_agg(format('o.%I = t.%I', theirs.attname, ours.attname), ' AND ' ORDER BY pair.place) AS belongs
FROM pg_constraint f
CROSS JOIN LATERAL (SELECT f.conrelid = $1::oid AS refers) AS way
CROSS JOIN LATERAL unnest(CASE WHEN refers THEN f.conkey ELSE f.confkey END,
                          CASE WHEN refers THEN f.confkey ELSE f.conkey END)
                   WITH ORDINALITY AS pair (ours, theirs, place)
JOIN pg_class c ON c.oid = CASE WHEN refers THEN f.confrelid ELSE f.conrelid END
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute ours ON ours.attrelid = $1::oid AND ours.attnum = pair.ours
JOIN pg_attribute theirs ON theirs.attrelid = c.oid AND theirs.attnum = pair.theirs
WHERE f.contype = 'f' AND $1::oid IN (f.conrelid, f.confrelid) AND f.conrelid <> f.confrelid AND f.conparentid = 0
GROUP BY f.oid, n.nspname, c.relname
ORDER BY neighbour, belongs
