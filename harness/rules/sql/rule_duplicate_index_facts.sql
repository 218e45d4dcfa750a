SELECT 'index ' || b.indexrelid::regclass AS object, format('is the same as %s', a.indexrelid::regclass) AS evidence,
       format('DROP INDEX CONCURRENTLY %s', b.indexrelid::regclass) AS remedy
FROM pg_index a JOIN pg_index b ON b.indrelid = a.indrelid AND b.indexrelid <> a.indexrelid
JOIN pg_class x ON x.oid = a.indexrelid JOIN pg_class y ON y.oid = b.indexrelid
WHERE a.indrelid >= 16384 AND a.indkey::text = b.indkey::text AND a.indclass::text = b.indclass::text AND a.indcollation::text = b.indcollation::text
  AND a.indoption::text = b.indoption::text AND x.relam = y.relam AND a.indnkeyatts = b.indnkeyatts
  AND pg_get_expr(a.indexprs, a.indrelid) IS NOT DISTINCT FROM pg_get_expr(b.indexprs, b.indrelid)
  AND pg_get_expr(a.indpred, a.indrelid) IS NOT DISTINCT FROM pg_get_expr(b.indpred, b.indrelid)
  -- a unique one serves as a plain one; of two alike the later one is too much
  AND (a.indisunique AND NOT b.indisunique OR a.indisunique = b.indisunique AND a.indexrelid < b.indexrelid)
  AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = b.indexrelid AND k.contype IN ('p', 'u', 'x'))
  AND NOT b.indisreplident
