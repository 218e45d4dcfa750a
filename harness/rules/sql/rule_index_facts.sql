-- B-tree indexes over expressions, held against their tables by amcheck.
SELECT 'index ' || i.indexrelid::regclass AS object, 'no longer agrees with its table: ' || f.message AS evidence,
       format('REINDEX INDEX CONCURRENTLY %s after the function in it was replaced', i.indexrelid::regclass) AS remedy
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid AND c.relkind = 'i' JOIN pg_am m ON m.oid = c.relam AND m.amname = 'btree'
CROSS JOIN (SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'amcheck') x
CROSS JOIN LATERAL (
    SELECT pg_temp.pgrehearse_complaint(format('SELECT %I.bt_index_check(%s::regclass, true)', x.nspname, i.indexrelid)) AS message) f
WHERE i.indrelid >= 16384 AND i.indisvalid AND i.indisready AND (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL)
  AND f.message IS NOT NULL
