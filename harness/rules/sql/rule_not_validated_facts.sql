SELECT 'constraint ' || quote_ident(conname) || ' of ' || coalesce(nullif(conrelid, 0)::regclass::text, nullif(contypid, 0)::regtype::text) AS object,
       'is NOT VALID: existing rows may violate it, and no plan relies on it' AS evidence,
       format('ALTER %s %s VALIDATE CONSTRAINT %I, in a later migration', CASE WHEN conrelid <> 0 THEN 'TABLE' ELSE 'DOMAIN' END,
              coalesce(nullif(conrelid, 0)::regclass::text, nullif(contypid, 0)::regtype::text), conname) AS remedy
FROM pg_constraint WHERE oid >= 16384 AND NOT convalidated AND conparentid = 0
  AND to_jsonb(pg_constraint) ->> 'conenforced' IS DISTINCT FROM 'false'
