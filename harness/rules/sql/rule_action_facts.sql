-- Foreign keys: what they do when the row that is referred to goes, and what else can be said of them; `stamp` says
-- whether table and columns are still the same ones.
SELECT k.conrelid::regclass::text AS name, quote_ident(k.conname) AS part, k.oid::text AS id, k.confrelid::regclass::text AS other,
       c.columns, c.stamp || k.confrelid::text AS stamp, k.confdeltype AS "delete", k.confupdtype AS "update",
       k.condeferrable AS "deferrable", k.condeferred AS "deferred", pg_get_constraintdef(k.oid) AS def
FROM pg_constraint k
CROSS JOIN LATERAL (
    SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY u.n) AS columns,
           k.conrelid::text || ':' || string_agg(a.attnum || format_type(a.atttypid, a.atttypmod), ':' ORDER BY u.n) AS stamp
    FROM unnest(k.conkey) WITH ORDINALITY u (number, n)
    JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.number) c
WHERE k.contype = 'f' AND k.conparentid = 0 AND k.conrelid >= 16384
