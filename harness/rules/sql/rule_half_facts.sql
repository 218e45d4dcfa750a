-- What is on its way to something else: invalid, off, empty, pending. What a table may have been
-- made with is such a state only if the table was there before: of each there is a row without evidence.
WITH half AS (
SELECT 'index ' || i.indexrelid::regclass AS object, 'is invalid: no query uses it' AS evidence,
       format('DROP INDEX CONCURRENTLY %s, and build it again', i.indexrelid::regclass) AS remedy
FROM pg_index i WHERE i.indexrelid >= 16384 AND NOT (i.indisvalid AND i.indisready AND i.indislive)
  AND EXISTS (SELECT FROM pg_class c WHERE c.oid = i.indexrelid AND c.relkind = 'i')
UNION ALL
SELECT 'index ' || i.indexrelid::regclass, 'is invalid: a partition lacks its part',
       'ALTER INDEX … ATTACH PARTITION for every partition'
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid AND c.relkind = 'I'
WHERE i.indexrelid >= 16384 AND NOT i.indisvalid
UNION ALL
SELECT 'trigger ' || quote_ident(t.tgname) || ' of ' || t.tgrelid::regclass, 'is disabled',
       format('ALTER TABLE %s ENABLE TRIGGER %I', t.tgrelid::regclass, t.tgname)
FROM pg_trigger t WHERE NOT t.tgisinternal AND t.tgenabled = 'D'
UNION ALL
SELECT 'foreign keys of ' || t.tgrelid::regclass, 'are disabled',
       format('ALTER TABLE %s ENABLE TRIGGER ALL', t.tgrelid::regclass)
FROM pg_trigger t WHERE t.tgisinternal AND t.tgconstraint <> 0 AND t.tgenabled = 'D' AND t.tgrelid >= 16384
GROUP BY t.tgrelid
UNION ALL
SELECT 'rule ' || quote_ident(w.rulename) || ' of ' || w.ev_class::regclass, 'is disabled',
       format('ALTER TABLE %s ENABLE RULE %I', w.ev_class::regclass, w.rulename)
FROM pg_rewrite w WHERE w.ev_enabled = 'D' AND w.ev_class >= 16384
UNION ALL
SELECT 'table ' || c.oid::regclass, 'has policies, but row security is disabled',
       format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', c.oid::regclass)
FROM pg_class c WHERE c.relkind IN ('r', 'p') AND NOT c.relrowsecurity AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid)
UNION ALL
SELECT 'materialized view ' || c.oid::regclass, 'is not populated: every query of it fails',
       format('REFRESH MATERIALIZED VIEW %s', c.oid::regclass)
FROM pg_class c WHERE c.relkind = 'm' AND NOT c.relispopulated
UNION ALL
SELECT 'partition ' || i.inhrelid::regclass, 'is half detached',
       format('ALTER TABLE %s DETACH PARTITION %s FINALIZE', i.inhparent::regclass, i.inhrelid::regclass)
FROM pg_inherits i WHERE i.inhdetachpending
UNION ALL
SELECT 'event trigger ' || quote_ident(evtname), 'is disabled', format('ALTER EVENT TRIGGER %I ENABLE', evtname)
FROM pg_event_trigger WHERE evtenabled = 'D'
),
chosen AS (
SELECT 'table ' || c.oid::regclass AS object, 'is unlogged: a crash empties it' AS evidence,
       format('ALTER TABLE %s SET LOGGED', c.oid::regclass) AS remedy
FROM pg_class c WHERE c.relkind = 'r' AND c.relpersistence = 'u'
UNION ALL
SELECT 'table ' || c.oid::regclass, 'is not vacuumed automatically',
       format('ALTER TABLE %s RESET (autovacuum_enabled)', c.oid::regclass)
FROM pg_class c WHERE c.relkind IN ('r', 'm') AND 'autovacuum_enabled=false' = ANY (c.reloptions)
UNION ALL
SELECT 'table ' || c.oid::regclass,
       format('has row security, but no policy: %s may use it and %s no row', string_agg(quote_ident(u.rolname), ', ' ORDER BY u.rolname),
              CASE count(*) WHEN 1 THEN 'sees' ELSE 'see' END),
       format('CREATE POLICY … ON %s, in the same migration', c.oid::regclass)
FROM pg_class c JOIN pg_roles u ON NOT u.rolsuper AND NOT u.rolbypassrls
  AND CASE WHEN u.oid = c.relowner THEN c.relforcerowsecurity ELSE EXISTS (
      SELECT FROM aclexplode(c.relacl) x WHERE x.grantee = u.oid AND x.privilege_type IN ('SELECT', 'UPDATE', 'DELETE')) END
WHERE c.relkind IN ('r', 'p') AND c.relrowsecurity AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polpermissive)
GROUP BY c.oid
)
SELECT object, evidence, remedy, false AS chosen FROM half
UNION ALL
SELECT object, evidence, remedy, true FROM chosen
UNION ALL
SELECT 'table ' || c.oid::regclass, NULL, NULL, false FROM pg_class c WHERE c.relkind IN ('r', 'm') AND c.oid >= 16384
