-- What objects there are, and what each of them has that is lost when it is made anew.
--
-- A row is an object (what = relation, column, function, type, schema; stamp says which incarnation
-- it is: its oid, of a column its number) or a trait of one (what = trait). A trait is found again by
-- its value or by `alt`; it matters only where the columns in `needs` and the object `wants` still
-- exist. A trait with a stamp of its own is lost as well when the object was merely replaced. `fix`
-- brings it back.
WITH space AS MATERIALIZED (
    SELECT oid, quote_ident(nspname) AS name, nspowner, nspacl FROM pg_namespace
    WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'),
member AS MATERIALIZED (SELECT classid, objid FROM pg_depend WHERE deptype = 'e'),
relation AS MATERIALIZED (
    SELECT c.*, c.oid::regclass::text AS name,
           CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence'
                          ELSE 'table' END AS word
    FROM pg_class c JOIN space s ON s.oid = c.relnamespace
    WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S')
      AND NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_class'::regclass AND m.objid = c.oid)),
attribute AS MATERIALIZED (
    SELECT a.*, r.name, r.word, quote_ident(a.attname) AS part
    FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid
    WHERE a.attnum > 0 AND NOT a.attisdropped AND r.relkind <> 'S'),
routine AS MATERIALIZED (
    SELECT p.*, p.oid::regprocedure::text AS name, s.name || '.' || quote_ident(p.proname) AS part
    FROM pg_proc p JOIN space s ON s.oid = p.pronamespace
    WHERE p.oid >= 16384 AND p.prokind IN ('f', 'p')
      AND NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_proc'::regclass AND m.objid = p.oid)),
kind AS MATERIALIZED (
    SELECT t.*, format_type(t.oid, NULL) AS name
    FROM pg_type t JOIN space s ON s.oid = t.typnamespace
    WHERE t.oid >= 16384 AND t.typtype IN ('d', 'e', 'r')
      AND NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_type'::regclass AND m.objid = t.oid)),
own_index AS MATERIALIZED (
    SELECT i.*, c.reloptions, i.indexrelid::regclass::text AS name, i.indrelid::regclass::text AS home
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN space s ON s.oid = c.relnamespace
    WHERE i.indexrelid >= 16384
      AND NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_class'::regclass AND m.objid = i.indrelid)),
-- CREATE OR REPLACE keeps the oid and forgets what it does not repeat
body AS MATERIALIZED (
    SELECT word, name, r.oid || ':' || w.xmin::text AS stamp
    FROM relation r JOIN pg_rewrite w ON w.ev_class = r.oid AND w.rulename = '_RETURN' WHERE r.relkind = 'v'
    UNION ALL
    SELECT 'function', name, oid || ':' || md5(prosrc || coalesce(prosqlbody::text, '')) FROM routine),
-- owner, grants and comments are alike for all of them
thing (class, id, word, name, owner, acl, acltype, noun) AS (
    SELECT 'pg_class'::regclass, oid, word, name, relowner, relacl,
           CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char",
           CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END FROM relation
    UNION ALL SELECT 'pg_proc'::regclass, oid, 'function', name, proowner, proacl, 'f', 'ROUTINE' FROM routine
    UNION ALL SELECT 'pg_type'::regclass, oid, 'type', name, typowner, typacl, 'T', 'TYPE' FROM kind
    UNION ALL SELECT 'pg_namespace'::regclass, oid, 'schema', name, nspowner, nspacl, 'n', 'SCHEMA' FROM space
    WHERE oid >= 16384),
privilege AS (
    SELECT t.*, x.privilege_type AS right, x.grantee,
           CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(x.grantee)) END AS role
    FROM thing t, aclexplode(coalesce(t.acl, acldefault(t.acltype, t.owner))) x WHERE x.grantee <> t.owner),
wanted (id, sub, columns) AS ( -- the columns that an index, a policy or a constraint stands on
    SELECT d.objid, d.classid, json_agg(DISTINCT quote_ident(a.attname))
    FROM pg_depend d JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    WHERE d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 AND d.objid >= 16384
      AND d.classid IN ('pg_class'::regclass, 'pg_policy'::regclass, 'pg_trigger'::regclass)
    GROUP BY d.objid, d.classid),
fact (what, word, name, part, stamp, trait, value, alt, needs, wants, fix) AS (
    SELECT 'relation', word, name, NULL, oid::text, NULL, NULL, NULL, NULL::json, NULL, NULL FROM relation
    UNION ALL
    SELECT 'column', word, name, part, attnum::text, NULL, NULL, NULL, NULL, NULL, NULL FROM attribute
    UNION ALL
    SELECT 'function', 'function', name, part, oid::text, NULL, NULL, NULL, NULL, NULL, NULL FROM routine
    UNION ALL
    SELECT word, word, name, NULL, id::text, NULL, NULL, NULL, NULL, NULL, NULL
    FROM thing WHERE word IN ('type', 'schema')
    UNION ALL
    SELECT 'index', 'index', name, NULL, indexrelid::text, NULL, NULL, NULL, NULL, NULL, NULL FROM own_index
    UNION ALL
    SELECT 'trait', 'index', i.name, NULL, NULL, 'its comment', '', NULL, NULL, NULL,
           format('COMMENT ON INDEX %s IS %L', i.name, d.description)
    FROM own_index i JOIN pg_description d ON d.classoid = 'pg_class'::regclass AND d.objoid = i.indexrelid AND d.objsubid = 0
    UNION ALL
    SELECT 'trait', word, name, NULL, NULL, 'owner', quote_ident(pg_get_userbyid(owner)), NULL, NULL, NULL,
           format('ALTER %s %s OWNER TO %I', noun, name, pg_get_userbyid(owner))
    FROM thing
    UNION ALL
    SELECT 'trait', word, name, NULL, NULL, 'grant', "right" || ' to ' || role, NULL, NULL, NULL,
           format('GRANT %s ON %s %s TO %s', "right", noun, name, role)
    FROM privilege WHERE NOT (grantee = 0 AND acltype IN ('f', 'T'))
    UNION ALL -- what everybody may do with a function, unless that was taken away
    SELECT 'trait', t.word, t.name, NULL, NULL, 'revoke',
           CASE t.acltype WHEN 'f' THEN 'EXECUTE' ELSE 'USAGE' END || ' from PUBLIC', NULL, NULL, NULL,
           format('REVOKE %s ON %s %s FROM PUBLIC', CASE t.acltype WHEN 'f' THEN 'EXECUTE' ELSE 'USAGE' END, noun, name)
    FROM thing t WHERE t.acltype IN ('f', 'T') AND t.acl IS NOT NULL
      AND NOT EXISTS (SELECT FROM privilege p WHERE p.class = t.class AND p.id = t.id AND p.grantee = 0)
    UNION ALL
    SELECT 'trait', t.word, t.name, NULL, NULL, 'its comment', '', NULL, NULL, NULL,
           format('COMMENT ON %s %s IS %L', upper(t.word), t.name, d.description)
    FROM thing t JOIN pg_description d ON d.classoid = t.class AND d.objoid = t.id AND d.objsubid = 0
    UNION ALL
    SELECT 'replaced', word, name, NULL, stamp, NULL, NULL, NULL, NULL, NULL, NULL FROM body
    UNION ALL
    SELECT 'trait', 'function', r.name, NULL, b.stamp, 'property', 'SECURITY DEFINER', NULL, NULL, NULL,
           format('ALTER ROUTINE %s SECURITY DEFINER', r.name)
    FROM routine r JOIN body b ON b.word = 'function' AND b.name = r.name WHERE r.prosecdef
    UNION ALL
    SELECT 'trait', 'function', r.name, NULL, b.stamp, 'property', 'SET ' || x, NULL, NULL, NULL,
           format('ALTER ROUTINE %s SET %s', r.name, replace(x, '=', ' TO '))
    FROM routine r JOIN body b ON b.word = 'function' AND b.name = r.name, unnest(r.proconfig) x
    UNION ALL -- what CREATE OR REPLACE takes back to its default
    SELECT 'trait', 'function', r.name, NULL, b.stamp, 'attribute', x.value, x.trait, NULL, NULL,
           format('ALTER ROUTINE %s %s', r.name, x.value)
    FROM routine r JOIN body b ON b.word = 'function' AND b.name = r.name, LATERAL (VALUES
        (r.provolatile <> 'v', CASE r.provolatile WHEN 'i' THEN 'IMMUTABLE' ELSE 'STABLE' END, 'volatility'),
        (r.proparallel <> 'u', CASE r.proparallel WHEN 's' THEN 'PARALLEL SAFE' ELSE 'PARALLEL RESTRICTED' END, 'parallel'),
        (r.proisstrict, 'STRICT', NULL), (r.proleakproof, 'LEAKPROOF', NULL),
        (r.procost NOT IN (1, 100), 'COST ' || r.procost, 'cost'),
        (r.prorows NOT IN (0, 1000), 'ROWS ' || r.prorows, 'rows')) x (is_so, value, trait)
    WHERE x.is_so
    UNION ALL
    SELECT 'trait', r.word, r.name, NULL, b.stamp, 'option', x, NULL, NULL, NULL,
           format('ALTER %s %s SET (%s)', upper(r.word), r.name, x)
    FROM relation r LEFT JOIN body b ON b.word = 'view' AND b.name = r.name, unnest(r.reloptions) x
    UNION ALL
    SELECT 'trait', word, name, NULL, NULL, 'row security', x.value, NULL, NULL, NULL,
           format('ALTER TABLE %s %s ROW LEVEL SECURITY', name, x.verb)
    FROM relation r, LATERAL (VALUES (relrowsecurity, 'enabled', 'ENABLE'),
                                     (relforcerowsecurity, 'forced', 'FORCE')) x (is_so, value, verb)
    WHERE x.is_so
    UNION ALL
    SELECT 'trait', r.word, r.name, NULL, NULL, 'policy', quote_ident(p.polname),
           concat_ws(' ', p.polcmd, pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)),
           w.columns, NULL,
           format('CREATE POLICY %I ON %s%s%s', p.polname, r.name,
                  ' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')',
                  ' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')')
    FROM relation r JOIN pg_policy p ON p.polrelid = r.oid
    LEFT JOIN wanted w ON w.id = p.oid AND w.sub = 'pg_policy'::regclass
    UNION ALL
    SELECT 'trait', r.word, r.name, NULL, NULL, 'trigger', quote_ident(t.tgname),
           concat_ws(' ', t.tgfoid::regproc, t.tgtype, encode(t.tgargs, 'hex')), w.columns, NULL,
           pg_get_triggerdef(t.oid)
    FROM relation r JOIN pg_trigger t ON t.tgrelid = r.oid
    LEFT JOIN wanted w ON w.id = t.oid AND w.sub = 'pg_trigger'::regclass
    WHERE NOT t.tgisinternal
    UNION ALL
    SELECT 'trait', r.word, r.name, NULL, NULL, 'trigger state',
           quote_ident(t.tgname) || CASE t.tgenabled WHEN 'A' THEN ' enabled always'
               WHEN 'R' THEN ' enabled on replicas' ELSE ' disabled' END, NULL, NULL, NULL,
           format('ALTER TABLE %s %s TRIGGER %I', r.name, CASE t.tgenabled WHEN 'A' THEN 'ENABLE ALWAYS'
               WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'DISABLE' END, t.tgname)
    FROM relation r JOIN pg_trigger t ON t.tgrelid = r.oid WHERE NOT t.tgisinternal AND t.tgenabled <> 'O'
    UNION ALL
    SELECT 'trait', r.word, r.name, NULL, NULL, 'rule', quote_ident(w.rulename), NULL, NULL, NULL,
           pg_get_ruledef(w.oid)
    FROM relation r JOIN pg_rewrite w ON w.ev_class = r.oid WHERE w.rulename <> '_RETURN'
    UNION ALL
    SELECT 'trait', r.word, r.name, NULL, NULL, 'index', i.indexrelid::regclass::text,
           i.indisunique || substring(d.def FROM position(' USING ' IN d.def)), w.columns, NULL, d.def
    FROM relation r JOIN pg_index i ON i.indrelid = r.oid
    JOIN LATERAL (SELECT pg_get_indexdef(i.indexrelid) AS def) d ON true
    LEFT JOIN wanted w ON w.id = i.indexrelid AND w.sub = 'pg_class'::regclass
    WHERE NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
    UNION ALL
    SELECT 'trait', r.word, r.name, NULL, NULL, 'constraint', quote_ident(k.conname),
           replace(pg_get_constraintdef(k.oid), ' NOT VALID', ''),
           (SELECT json_agg(quote_ident(a.attname)) FROM pg_attribute a
            WHERE a.attrelid = r.oid AND a.attnum = ANY (k.conkey)),
           CASE k.contype WHEN 'f' THEN k.confrelid::regclass::text END,
           format('ALTER TABLE %s ADD CONSTRAINT %I %s', r.name, k.conname, pg_get_constraintdef(k.oid))
    FROM relation r JOIN pg_constraint k ON k.conrelid = r.oid
    WHERE k.contype IN ('c', 'p', 'u', 'f', 'x') AND k.conparentid = 0
    UNION ALL
    SELECT 'trait', r.word, r.name, NULL, NULL, 'foreign key',
           quote_ident(k.conname) || ' of ' || k.conrelid::regclass, NULL, NULL, k.conrelid::regclass::text,
           format('ALTER TABLE %s ADD CONSTRAINT %I %s', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid))
    FROM relation r JOIN pg_constraint k ON k.confrelid = r.oid
    WHERE k.contype = 'f' AND k.conrelid <> r.oid AND k.conparentid = 0
    UNION ALL
    SELECT 'trait', r.word, r.name, NULL, NULL, 'statistics object', quote_ident(s.stxname),
           s.stxkind::text || s.stxkeys::text,
           (SELECT json_agg(quote_ident(a.attname)) FROM pg_attribute a
            WHERE a.attrelid = r.oid AND a.attnum = ANY (s.stxkeys::int2[])), NULL,
           pg_get_statisticsobjdef(s.oid)
    FROM relation r JOIN pg_statistic_ext s ON s.stxrelid = r.oid
    UNION ALL
    SELECT 'trait', r.word, r.name, NULL, NULL, 'publication', quote_ident(p.pubname), NULL, NULL, NULL,
           format('ALTER PUBLICATION %I ADD TABLE %s', p.pubname, r.name)
    FROM relation r JOIN pg_publication_rel x ON x.prrelid = r.oid JOIN pg_publication p ON p.oid = x.prpubid
    UNION ALL
    SELECT 'trait', word, name, NULL, NULL, 'replica identity',
           CASE relreplident WHEN 'f' THEN 'FULL' WHEN 'n' THEN 'NOTHING' ELSE 'by an index' END, NULL, NULL, NULL,
           format('ALTER TABLE %s REPLICA IDENTITY %s', name,
                  CASE relreplident WHEN 'f' THEN 'FULL' WHEN 'n' THEN 'NOTHING' ELSE 'USING INDEX …' END)
    FROM relation WHERE relkind IN ('r', 'p') AND relreplident IN ('f', 'n', 'i')
    UNION ALL
    SELECT 'trait', 'index', name, NULL, NULL, x.trait, x.value, NULL, NULL, NULL, format(x.fix, home, name)
    FROM own_index i, LATERAL (VALUES
        (i.indisreplident, 'replica identity', '', 'ALTER TABLE %s REPLICA IDENTITY USING INDEX %s'),
        (i.indisclustered, 'place', 'as the order of CLUSTER', 'ALTER TABLE %s CLUSTER ON %s')) x (is_so, trait, value, fix)
    WHERE x.is_so
    UNION ALL -- an index that takes more than before under the same name
    SELECT 'trait', 'index', i.name, NULL, NULL, 'attribute', x.value, NULL, NULL, NULL,
           format('DROP INDEX %s; %s', i.name, pg_get_indexdef(i.indexrelid))
    FROM own_index i, LATERAL (VALUES
        (i.indisunique, 'UNIQUE'), (coalesce((to_jsonb(i)->>'indnullsnotdistinct')::boolean, false), 'NULLS NOT DISTINCT')) x (is_so, value)
    WHERE x.is_so
    UNION ALL
    SELECT 'trait', 'index', i.name, NULL, NULL, 'option', x, NULL, NULL, NULL, format('ALTER INDEX %s SET (%s)', i.name, x)
    FROM own_index i, unnest(i.reloptions) x
    UNION ALL
    SELECT 'trait', 'type', k.name, NULL, NULL, 'constraint', quote_ident(c.conname), pg_get_constraintdef(c.oid), NULL, NULL,
           format('ALTER DOMAIN %s ADD CONSTRAINT %I %s', k.name, c.conname, pg_get_constraintdef(c.oid))
    FROM kind k JOIN pg_constraint c ON c.contypid = k.oid AND c.contype = 'c'
    UNION ALL
    SELECT 'trait', 'type', k.name, NULL, NULL, x.trait, '', NULL, NULL, NULL, format('ALTER DOMAIN %s SET %s', k.name, x.fix)
    FROM kind k, LATERAL (VALUES (k.typtype = 'd' AND k.typnotnull, 'NOT NULL', 'NOT NULL'),
                                 (k.typtype = 'd' AND k.typdefault IS NOT NULL, 'default', 'DEFAULT ' || k.typdefault)) x (is_so, trait, fix)
    WHERE x.is_so
    UNION ALL
    SELECT 'trait', r.word, r.name, NULL, NULL, 'place', 'as a partition of ' || i.inhparent::regclass, NULL, NULL,
           i.inhparent::regclass::text,
           format('ALTER TABLE %s ATTACH PARTITION %s %s', i.inhparent::regclass, r.name,
                  pg_get_expr(r.relpartbound, r.oid))
    FROM relation r JOIN pg_inherits i ON i.inhrelid = r.oid WHERE r.relispartition
    UNION ALL
    SELECT 'trait', a.word, a.name, NULL, NULL, 'grant', format('%s (%s) to %s', x.privilege_type, a.part, g.role),
           NULL, json_build_array(a.part), NULL,
           format('GRANT %s (%s) ON %s TO %s', x.privilege_type, a.part, a.name, g.role)
    FROM attribute a, aclexplode(a.attacl) x,
         LATERAL (SELECT CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(x.grantee)) END AS role) g
    UNION ALL
    SELECT 'trait', a.word, a.name, NULL, NULL, 'default', 'of ' || a.part, NULL, json_build_array(a.part), NULL,
           format('ALTER TABLE %s ALTER COLUMN %s SET DEFAULT %s', a.name, a.part,
                  coalesce(pg_get_expr(d.adbin, d.adrelid), '…'))
    FROM attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.atthasdef OR a.attidentity <> ''
    UNION ALL
    SELECT 'trait', a.word, a.name, NULL, NULL, 'NOT NULL', 'on ' || a.part, NULL, json_build_array(a.part), NULL,
           format('ALTER TABLE %s ALTER COLUMN %s SET NOT NULL', a.name, a.part)
    FROM attribute a WHERE a.attnotnull
    UNION ALL
    SELECT 'trait', a.word, a.name, NULL, NULL, 'comment', 'on ' || a.part, NULL, json_build_array(a.part), NULL,
           format('COMMENT ON COLUMN %s.%s IS %L', a.name, a.part, d.description)
    FROM attribute a JOIN pg_description d ON d.classoid = 'pg_class'::regclass AND d.objoid = a.attrelid
         AND d.objsubid = a.attnum
    UNION ALL
    SELECT 'trait', a.word, a.name, NULL, NULL, 'storage',
           format('%s of %s', CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN'
                  ELSE 'EXTENDED' END, a.part), NULL, json_build_array(a.part), NULL,
           format('ALTER TABLE %s ALTER COLUMN %s SET STORAGE …', a.name, a.part)
    FROM attribute a JOIN pg_type t ON t.oid = a.atttypid
    WHERE a.attstorage <> t.typstorage AND a.word <> 'view'
    UNION ALL
    SELECT 'trait', a.word, a.name, NULL, NULL, 'statistics target', 'of ' || a.part, NULL, json_build_array(a.part),
           NULL, format('ALTER TABLE %s ALTER COLUMN %s SET STATISTICS %s', a.name, a.part, a.attstattarget)
    FROM attribute a WHERE a.attstattarget > 0
    UNION ALL
    SELECT 'trait', a.word, a.name, NULL, NULL, 'column option', x || ' of ' || a.part, NULL, json_build_array(a.part),
           NULL, format('ALTER TABLE %s ALTER COLUMN %s SET (%s)', a.name, a.part, x)
    FROM attribute a, unnest(a.attoptions) x WHERE x !~ '^pg_attver=')
SELECT * FROM fact
