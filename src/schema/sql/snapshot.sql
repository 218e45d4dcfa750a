-- Every fact of the schema, one line of text each: KIND NAME ATTRIBUTES.
--
-- Works unchanged on PostgreSQL 14 to 18 and only reads the catalogs. What belongs to a table has
-- a name that starts with the table's. Run it under `set search_path = pg_catalog, pg_temp`, as the
-- library does, so that every other name is written in full. The second column names, a line each,
-- what uses a type, a function or a free sequence ('?' for a user of a sort that has no line), else
-- the relations that a view or a function reads. $1 is the role that is written @owner; NULL: that of
-- the database.
--
-- 16384 is FirstNormalObjectId: below it lives what initdb made. A row without a column that came
-- later is read through to_jsonb(), or through a stand-in of the same name one query level up.
WITH
db AS MATERIALIZED (
    SELECT CASE WHEN $1::text IS NULL THEN datdba
                ELSE coalesce((SELECT oid FROM pg_roles WHERE rolname = $1), 0) END AS owner
    FROM pg_database WHERE datname = current_database()),
space AS MATERIALIZED (
    SELECT oid, quote_ident(nspname) AS name, nspowner, nspacl
    FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'),
relation AS MATERIALIZED (
    SELECT c.oid, c.relkind, s.name || '.' || quote_ident(c.relname) AS name, c.relowner, c.relacl
    FROM pg_class c JOIN space s ON s.oid = c.relnamespace
    WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S', 'c')),
index AS MATERIALIZED (
    SELECT i.indexrelid AS oid, i.indrelid, r.name || '.' || quote_ident(c.relname) AS name
    FROM pg_index i JOIN relation r ON r.oid = i.indrelid JOIN pg_class c ON c.oid = i.indexrelid),
owned AS MATERIALIZED (
    SELECT d.objid AS oid, d.refobjid AS indrelid, r.name || '.' || quote_ident(a.attname) AS name,
           d.deptype
    FROM pg_depend d
    JOIN relation q ON q.oid = d.objid AND q.relkind = 'S'
    JOIN relation r ON r.oid = d.refobjid
    JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
      AND d.objid >= 16384 AND d.deptype IN ('a', 'i')),
usertype AS MATERIALIZED (
    SELECT t.oid, s.name || '.' || quote_ident(t.typname) AS name,
           CASE t.typtype WHEN 'd' THEN 'domain' ELSE 'type' END AS word,
           t.typtype, t.typrelid, t.typarray, t.typowner, t.typacl
    FROM pg_type t JOIN space s ON s.oid = t.typnamespace
    WHERE t.oid >= 16384 AND t.typtype IN ('b', 'c', 'd', 'e', 'p', 'r')
      AND (t.typtype <> 'c' OR EXISTS (SELECT FROM relation r WHERE r.oid = t.typrelid AND r.relkind = 'c'))
      AND NOT (t.typelem <> 0 AND t.typsubscript = 'array_subscript_handler'::regproc)),
-- Since 18 a NOT NULL is a constraint with a name. It is told with its column, and what is unusual
-- about it; it is no fact of its own.
unusual_null AS MATERIALIZED (
    SELECT conrelid, conkey[1] AS attnum, nullif(concat_ws(' ',
               'not-null-name=' || CASE WHEN right(conname, 9) <> '_not_null' THEN quote_ident(conname) END,
               CASE WHEN connoinherit THEN 'no-inherit' END,
               CASE WHEN NOT convalidated THEN 'not-valid' END), '') AS unusual
    FROM pg_constraint WHERE contype = 'n' AND conrelid >= 16384),
-- All that has a name: of which comments, labels, owners and grants can tell.
named (class, id, sub, word, name, owner, acl, acltype, parentclass, parent) AS (
    SELECT 'pg_namespace'::regclass::oid, oid, 0, 'schema', name, nspowner, nspacl, 'n'::"char",
           'pg_namespace'::regclass::oid, oid FROM space
    UNION ALL
    SELECT 'pg_class'::regclass, r.oid, 0,
           CASE r.relkind WHEN 'f' THEN 'foreign-table' WHEN 'v' THEN 'view'
                          WHEN 'm' THEN 'materialized-view' ELSE 'table' END,
           r.name, r.relowner, r.relacl, 'r', 'pg_class'::regclass, r.oid
    FROM relation r WHERE r.relkind NOT IN ('S', 'c')
    UNION ALL
    SELECT 'pg_class'::regclass, r.oid, 0,
           CASE WHEN o.oid IS NULL THEN 'sequence' ELSE 'owned-sequence' END,
           coalesce(o.name, r.name), r.relowner, r.relacl, 's', 'pg_class'::regclass,
           coalesce(o.indrelid, r.oid)
    FROM relation r LEFT JOIN owned o ON o.oid = r.oid WHERE r.relkind = 'S'
    UNION ALL
    SELECT 'pg_class'::regclass, r.oid, a.attnum,
           CASE r.relkind WHEN 'c' THEN 'attribute' ELSE 'column' END,
           r.name || '.' || quote_ident(a.attname), r.relowner, a.attacl, 'c',
           'pg_class'::regclass, r.oid
    FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid
    WHERE a.attnum > 0 AND NOT a.attisdropped AND r.relkind <> 'S'
    UNION ALL
    SELECT 'pg_class'::regclass, oid, 0, 'index', name, NULL, NULL, NULL, 'pg_class'::regclass, indrelid
    FROM index
    UNION ALL
    SELECT 'pg_constraint'::regclass, c.oid, 0, 'constraint', r.name || '.' || quote_ident(c.conname),
           NULL, NULL, NULL, 'pg_class'::regclass, r.oid
    FROM pg_constraint c JOIN relation r ON r.oid = c.conrelid
    UNION ALL
    SELECT 'pg_constraint'::regclass, c.oid, 0, 'constraint', t.name || '.' || quote_ident(c.conname),
           NULL, NULL, NULL, 'pg_type'::regclass, t.oid
    FROM pg_constraint c JOIN usertype t ON t.oid = c.contypid
    UNION ALL
    SELECT 'pg_trigger'::regclass, t.oid, 0, 'trigger', r.name || '.' || quote_ident(t.tgname),
           NULL, NULL, NULL, 'pg_class'::regclass, r.oid
    FROM pg_trigger t JOIN relation r ON r.oid = t.tgrelid WHERE NOT t.tgisinternal OR t.tgparentid <> 0
    UNION ALL
    SELECT 'pg_rewrite'::regclass, w.oid, 0, 'rule', r.name || '.' || quote_ident(w.rulename),
           NULL, NULL, NULL, 'pg_class'::regclass, r.oid
    FROM pg_rewrite w JOIN relation r ON r.oid = w.ev_class WHERE w.rulename <> '_RETURN'
    UNION ALL -- an extension's table may have policies that are not the extension's
    SELECT 'pg_policy'::regclass, p.oid, 0, 'policy', r.name || '.' || quote_ident(p.polname),
           NULL, NULL, NULL, 'pg_policy'::regclass, p.oid
    FROM pg_policy p JOIN relation r ON r.oid = p.polrelid
    UNION ALL
    SELECT 'pg_statistic_ext'::regclass, e.oid, 0, 'statistics',
           r.name || '.' || quote_ident(e.stxname), e.stxowner, NULL, NULL,
           'pg_statistic_ext'::regclass, e.oid
    FROM pg_statistic_ext e JOIN relation r ON r.oid = e.stxrelid
    UNION ALL
    SELECT 'pg_proc'::regclass, p.oid, 0,
           CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END,
           s.name || '.' || quote_ident(p.proname) || '(' || oidvectortypes(p.proargtypes) || ')',
           p.proowner, p.proacl, 'f', 'pg_proc'::regclass, p.oid
    FROM pg_proc p JOIN space s ON s.oid = p.pronamespace WHERE p.oid >= 16384
    UNION ALL
    SELECT 'pg_type'::regclass, oid, 0, word, name, typowner, typacl, 'T', 'pg_type'::regclass, oid
    FROM usertype
    UNION ALL
    SELECT 'pg_operator'::regclass, o.oid, 0, 'operator',
           s.name || '.' || o.oprname || '(' || CASE o.oprleft WHEN 0 THEN 'NONE' ELSE
           format_type(o.oprleft, NULL) END || ', ' || format_type(o.oprright, NULL) || ')',
           o.oprowner, NULL, NULL, 'pg_operator'::regclass, o.oid
    FROM pg_operator o JOIN space s ON s.oid = o.oprnamespace WHERE o.oid >= 16384
    UNION ALL
    SELECT 'pg_opclass'::regclass, o.oid, 0, 'operator-class',
           s.name || '.' || quote_ident(o.opcname) || '(' || a.amname || ')', o.opcowner, NULL, NULL,
           'pg_opclass'::regclass, o.oid
    FROM pg_opclass o JOIN space s ON s.oid = o.opcnamespace JOIN pg_am a ON a.oid = o.opcmethod
    WHERE o.oid >= 16384
    UNION ALL
    SELECT 'pg_opfamily'::regclass, o.oid, 0, 'operator-family',
           s.name || '.' || quote_ident(o.opfname) || '(' || a.amname || ')', o.opfowner, NULL, NULL,
           'pg_opfamily'::regclass, o.oid
    FROM pg_opfamily o JOIN space s ON s.oid = o.opfnamespace JOIN pg_am a ON a.oid = o.opfmethod
    WHERE o.oid >= 16384
    UNION ALL
    SELECT 'pg_cast'::regclass, oid, 0, 'cast',
           '(' || format_type(castsource, NULL) || ' AS ' || format_type(casttarget, NULL) || ')',
           NULL, NULL, NULL, 'pg_cast'::regclass, oid
    FROM pg_cast WHERE oid >= 16384
    UNION ALL
    SELECT 'pg_collation'::regclass, o.oid, 0, 'collation', s.name || '.' || quote_ident(o.collname),
           o.collowner, NULL, NULL, 'pg_collation'::regclass, o.oid
    FROM pg_collation o JOIN space s ON s.oid = o.collnamespace
    UNION ALL
    SELECT 'pg_conversion'::regclass, o.oid, 0, 'conversion', s.name || '.' || quote_ident(o.conname),
           o.conowner, NULL, NULL, 'pg_conversion'::regclass, o.oid
    FROM pg_conversion o JOIN space s ON s.oid = o.connamespace
    UNION ALL
    SELECT 'pg_ts_config'::regclass, o.oid, 0, 'text-search-configuration',
           s.name || '.' || quote_ident(o.cfgname), o.cfgowner, NULL, NULL, 'pg_ts_config'::regclass, o.oid
    FROM pg_ts_config o JOIN space s ON s.oid = o.cfgnamespace
    UNION ALL
    SELECT 'pg_ts_dict'::regclass, o.oid, 0, 'text-search-dictionary',
           s.name || '.' || quote_ident(o.dictname), o.dictowner, NULL, NULL, 'pg_ts_dict'::regclass, o.oid
    FROM pg_ts_dict o JOIN space s ON s.oid = o.dictnamespace
    UNION ALL
    SELECT 'pg_ts_parser'::regclass, o.oid, 0, 'text-search-parser',
           s.name || '.' || quote_ident(o.prsname), NULL, NULL, NULL, 'pg_ts_parser'::regclass, o.oid
    FROM pg_ts_parser o JOIN space s ON s.oid = o.prsnamespace
    UNION ALL
    SELECT 'pg_ts_template'::regclass, o.oid, 0, 'text-search-template',
           s.name || '.' || quote_ident(o.tmplname), NULL, NULL, NULL, 'pg_ts_template'::regclass, o.oid
    FROM pg_ts_template o JOIN space s ON s.oid = o.tmplnamespace
    UNION ALL
    SELECT 'pg_extension'::regclass, oid, 0, 'extension', quote_ident(extname), extowner, NULL, NULL,
           'pg_extension'::regclass, oid
    FROM pg_extension WHERE oid >= 16384
    UNION ALL
    SELECT 'pg_language'::regclass, oid, 0, 'language', quote_ident(lanname), lanowner, lanacl, 'l',
           'pg_language'::regclass, oid
    FROM pg_language
    UNION ALL
    SELECT 'pg_transform'::regclass, t.oid, 0, 'transform',
           '(' || format_type(t.trftype, NULL) || ', ' || quote_ident(l.lanname) || ')',
           NULL, NULL, NULL, 'pg_transform'::regclass, t.oid
    FROM pg_transform t JOIN pg_language l ON l.oid = t.trflang
    UNION ALL
    SELECT 'pg_am'::regclass, oid, 0, 'access-method', quote_ident(amname), NULL, NULL, NULL,
           'pg_am'::regclass, oid
    FROM pg_am WHERE oid >= 16384
    UNION ALL
    SELECT 'pg_foreign_data_wrapper'::regclass, oid, 0, 'foreign-data-wrapper', quote_ident(fdwname),
           fdwowner, fdwacl, 'F', 'pg_foreign_data_wrapper'::regclass, oid
    FROM pg_foreign_data_wrapper
    UNION ALL
    SELECT 'pg_foreign_server'::regclass, oid, 0, 'server', quote_ident(srvname), srvowner, srvacl, 'S',
           'pg_foreign_server'::regclass, oid
    FROM pg_foreign_server
    UNION ALL
    SELECT 'pg_publication'::regclass, oid, 0, 'publication', quote_ident(pubname), pubowner, NULL, NULL,
           'pg_publication'::regclass, oid
    FROM pg_publication
    UNION ALL
    SELECT 'pg_event_trigger'::regclass, oid, 0, 'event-trigger', quote_ident(evtname), evtowner, NULL,
           NULL, 'pg_event_trigger'::regclass, oid
    FROM pg_event_trigger),
object AS MATERIALIZED (
    SELECT n.*, m.objid IS NOT NULL AS member
    FROM named n
    LEFT JOIN pg_depend m ON m.classid = n.parentclass AND m.objid = n.parent AND m.deptype = 'e'
                         AND m.refclassid = 'pg_extension'::regclass),
thing AS MATERIALIZED (SELECT * FROM object WHERE NOT member),
-- A grant is told as far as it differs from what the object has without any (of an extension's
-- object: from what CREATE EXTENSION gave).
access AS MATERIALIZED (
    SELECT o.word, o.name, o.owner, o.acl,
           coalesce((SELECT i.initprivs FROM pg_init_privs i WHERE o.member AND i.classoid = o.class
                       AND i.objoid = o.id AND i.objsubid = o.sub),
                    acldefault(o.acltype, o.owner)) AS usual
    FROM object o WHERE o.acl IS NOT NULL
    UNION ALL
    SELECT 'default', CASE WHEN d.defaclrole = db.owner THEN '@owner'
                           ELSE quote_ident(pg_get_userbyid(d.defaclrole)) END
           || coalesce(' in ' || s.name, '') || ' on '
           || CASE d.defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences' WHEN 'f' THEN
              'functions' WHEN 'T' THEN 'types' WHEN 'n' THEN 'schemas' ELSE d.defaclobjtype::text END,
           d.defaclrole, d.defaclacl,
           CASE WHEN d.defaclnamespace = 0 AND d.defaclobjtype IN ('r', 'S', 'f', 'T', 'n')
                THEN acldefault(CASE d.defaclobjtype WHEN 'S' THEN 's' ELSE d.defaclobjtype END,
                                d.defaclrole)
                ELSE acldefault('c', d.defaclrole) END
    FROM pg_default_acl d CROSS JOIN db LEFT JOIN space s ON s.oid = d.defaclnamespace),
privilege AS (
    SELECT a.word, a.name, a.owner, 'grant' AS verb, x.*
    FROM access a CROSS JOIN LATERAL (SELECT * FROM aclexplode(a.acl) EXCEPT ALL
                                      SELECT * FROM aclexplode(a.usual)) x
    UNION ALL
    SELECT a.word, a.name, a.owner, 'revoke', x.*
    FROM access a CROSS JOIN LATERAL (SELECT * FROM aclexplode(a.usual) EXCEPT ALL
                                      SELECT * FROM aclexplode(a.acl)) x),
-- What uses a type (also through its array), a function or a free sequence.
used AS MATERIALIZED (
    SELECT o.class, o.id, string_agg(DISTINCT coalesce(r.name, y.name, x.name, '?'), E'\n') AS users
    FROM thing o
    LEFT JOIN usertype t ON o.class = 'pg_type'::regclass AND t.oid = o.id
    JOIN pg_depend d ON d.refclassid = o.class AND d.refobjid IN (o.id, t.typarray)
                    AND d.deptype IN ('n', 'a')
    LEFT JOIN pg_attrdef f ON d.classid = 'pg_attrdef'::regclass AND f.oid = d.objid
    LEFT JOIN pg_constraint c ON d.classid = 'pg_constraint'::regclass AND c.oid = d.objid
    LEFT JOIN pg_trigger g ON d.classid = 'pg_trigger'::regclass AND g.oid = d.objid
    LEFT JOIN pg_policy p ON d.classid = 'pg_policy'::regclass AND p.oid = d.objid
    LEFT JOIN pg_rewrite w ON d.classid = 'pg_rewrite'::regclass AND w.oid = d.objid
    LEFT JOIN index i ON d.classid = 'pg_class'::regclass AND i.oid = d.objid
    LEFT JOIN relation r ON r.relkind IN ('r', 'p', 'f', 'v', 'm') AND r.oid =
        coalesce(f.adrelid, c.conrelid, g.tgrelid, p.polrelid, w.ev_class, i.indrelid,
                 CASE d.classid WHEN 'pg_class'::regclass::oid THEN d.objid END)
    LEFT JOIN usertype z ON d.classid = 'pg_class'::regclass AND z.typrelid = d.objid AND z.typtype = 'c'
    LEFT JOIN thing y ON y.class = 'pg_type'::regclass AND y.id =
        coalesce(z.oid, nullif(c.contypid, 0), CASE d.classid WHEN 'pg_type'::regclass::oid THEN d.objid END)
    LEFT JOIN thing x ON x.class = 'pg_proc'::regclass AND d.classid = x.class AND x.id = d.objid
    WHERE o.word IN ('type', 'domain', 'function', 'sequence', 'aggregate')
      AND (d.classid, d.objid) <> (o.class, o.id)
      AND c.contypid IS DISTINCT FROM o.id
      AND NOT EXISTS (SELECT FROM usertype own WHERE own.oid = o.id AND d.classid = 'pg_class'::regclass
                                             AND d.objid = own.typrelid)
    GROUP BY o.class, o.id),
-- What a view reads, or a function (also as a row): gone with the last of them, unless it is used.
bound AS MATERIALIZED (
    SELECT o.class, o.id, string_agg(DISTINCT r.name, E'\n') AS relations
    FROM thing o
    LEFT JOIN pg_rewrite w ON o.class = 'pg_class'::regclass AND w.ev_class = o.id
    JOIN pg_depend d ON d.deptype = 'n' AND (d.classid, d.objid) =
        (CASE WHEN w.oid IS NULL THEN o.class ELSE 'pg_rewrite'::regclass END, coalesce(w.oid, o.id))
    LEFT JOIN pg_type t ON d.refclassid = 'pg_type'::regclass AND t.typrelid <> 0
                       AND d.refobjid IN (t.oid, t.typarray)
    JOIN relation r ON r.relkind IN ('r', 'p', 'f', 'v', 'm') AND r.oid <> o.id AND r.oid =
        coalesce(t.typrelid, CASE d.refclassid WHEN 'pg_class'::regclass::oid THEN d.refobjid END)
    WHERE o.word IN ('view', 'materialized-view', 'function', 'procedure')
    GROUP BY o.class, o.id),
usage AS MATERIALIZED (
    SELECT class, id, coalesce(used.users, bound.relations) AS users
    FROM used FULL JOIN bound USING (class, id)),
fact (line, class, id) AS (
    SELECT 'schema ' || name, NULL::oid, NULL::oid FROM thing WHERE word = 'schema'
    UNION ALL
    SELECT concat_ws(' ', o.word, o.name,
        CASE c.relpersistence WHEN 'u' THEN 'unlogged' END,
        'partition-by=' || CASE c.relkind WHEN 'p' THEN pg_get_partkeydef(c.oid) END,
        (SELECT CASE WHEN c.relispartition THEN 'partition-of=' ELSE 'inherits=' END
                || string_agg(h.inhparent::regclass::text, ', ' ORDER BY h.inhseqno)
                || CASE WHEN bool_or(h.inhdetachpending) THEN ' detaching' ELSE '' END
         FROM pg_inherits h WHERE h.inhrelid = c.oid),
        'bound=' || pg_get_expr(c.relpartbound, c.oid),
        'of=' || format_type(nullif(c.reloftype, 0), NULL),
        'access-method=' || (SELECT quote_ident(amname) FROM pg_am m
                             WHERE m.oid = c.relam AND m.amname <> 'heap'),
        'tablespace=' || (SELECT quote_ident(spcname) FROM pg_tablespace WHERE oid = c.reltablespace),
        'options=' || (SELECT string_agg(option, ', ' ORDER BY option COLLATE "C")
                       FROM (SELECT unnest(c.reloptions)
                             UNION ALL SELECT 'toast.' || unnest(reloptions)
                                       FROM pg_class WHERE oid = nullif(c.reltoastrelid, 0)) x (option)),
        CASE WHEN c.relrowsecurity THEN 'row-security' END,
        CASE WHEN c.relforcerowsecurity THEN 'force-row-security' END,
        CASE WHEN c.relkind IN ('r', 'p', 'm') THEN 'replica-identity=' ||
            CASE c.relreplident WHEN 'n' THEN 'nothing' WHEN 'f' THEN 'full' WHEN 'i' THEN 'index' END END,
        (SELECT 'server=' || quote_ident(s.srvname)
                || coalesce(' foreign-options=' || array_to_string(f.ftoptions, ', '), '')
         FROM pg_foreign_table f JOIN pg_foreign_server s ON s.oid = f.ftserver WHERE f.ftrelid = c.oid),
        CASE WHEN c.relkind = 'm' AND NOT c.relispopulated THEN 'not-populated' END,
        'definition=' || CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END), o.class, o.id
    FROM thing o JOIN pg_class c ON c.oid = o.id
    WHERE o.word IN ('table', 'foreign-table', 'view', 'materialized-view')
    UNION ALL
    SELECT concat_ws(' ', 'column', o.name,
        coalesce('after=' || lag(quote_ident(a.attname)) OVER (PARTITION BY a.attrelid ORDER BY a.attnum),
                 'first'),
        'type=' || format_type(a.atttypid, a.atttypmod),
        'collation=' || CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation::regcollation::text END,
        CASE WHEN a.attnotnull THEN 'not-null' END,
        nn.unusual,
        'identity=' || CASE a.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'by-default' END,
        'storage=' || CASE WHEN a.attstorage <> t.typstorage THEN
            CASE a.attstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external' WHEN 'm' THEN 'main'
                              ELSE 'extended' END END,
        'compression=' || CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END,
        'statistics=' || nullif(coalesce(a.attstattarget, -1), -1),
        -- some servers stamp a column with the WAL position of its last change, which no dump repeats
        'options=' || (SELECT string_agg(x, ', ' ORDER BY x COLLATE "C") FROM unnest(a.attoptions) x
                       WHERE split_part(x, '=', 1) <> 'pg_attver'),
        'foreign-options=' || array_to_string(a.attfdwoptions, ', '),
        CASE WHEN NOT a.attislocal THEN 'inherited' END,
        CASE a.attgenerated WHEN '' THEN 'default=' WHEN 's' THEN 'generated-stored='
                            ELSE 'generated-virtual=' END || pg_get_expr(f.adbin, f.adrelid)), NULL, NULL
    FROM thing o JOIN pg_attribute a ON a.attrelid = o.id AND a.attnum = o.sub
    JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
    LEFT JOIN unusual_null nn ON nn.conrelid = a.attrelid AND nn.attnum = a.attnum
    WHERE o.word = 'column'
    UNION ALL
    SELECT concat_ws(' ', 'constraint', o.name, pg_get_constraintdef(c.oid),
        CASE WHEN NOT c.conislocal AND c.conrelid <> 0 THEN 'inherited' END,
        CASE WHEN c.contype = 'f' AND EXISTS (SELECT FROM pg_trigger g WHERE g.tgconstraint = c.oid
                                              AND g.tgenabled <> 'O') THEN 'triggers-not-enabled' END),
        NULL, NULL
    FROM thing o JOIN pg_constraint c ON c.oid = o.id
    WHERE o.word = 'constraint' AND c.contype NOT IN ('n', 't')
    UNION ALL
    SELECT concat_ws(' ', 'index', o.name, pg_get_indexdef(i.indexrelid),
        CASE WHEN NOT i.indisvalid THEN 'not-valid' END, CASE WHEN NOT i.indisready THEN 'not-ready' END,
        CASE WHEN i.indisclustered THEN 'clustered' END,
        CASE WHEN i.indisreplident THEN 'replica-identity' END,
        CASE WHEN NOT i.indimmediate THEN 'deferrable' END,
        'partition-of=' || (SELECT inhparent::regclass::text FROM pg_inherits WHERE inhrelid = i.indexrelid),
        'tablespace=' || (SELECT quote_ident(s.spcname) FROM pg_class c JOIN pg_tablespace s
                          ON s.oid = c.reltablespace WHERE c.oid = i.indexrelid),
        'statistics=' || (SELECT string_agg(a.attnum || ':' || a.attstattarget, ', ' ORDER BY a.attnum)
                          FROM pg_attribute a WHERE a.attrelid = i.indexrelid
                          AND coalesce(a.attstattarget, -1) <> -1)), NULL, NULL
    FROM thing o JOIN pg_index i ON i.indexrelid = o.id
    WHERE o.word = 'index'
    UNION ALL
    SELECT concat_ws(' ', o.word, o.name,
        CASE o.word WHEN 'owned-sequence' THEN s.seqrelid::regclass::text END,
        CASE w.deptype WHEN 'i' THEN 'identity' END,
        CASE c.relpersistence WHEN 'u' THEN 'unlogged' END,
        'type=' || format_type(s.seqtypid, NULL), 'start=' || s.seqstart, 'increment=' || s.seqincrement,
        'min=' || s.seqmin, 'max=' || s.seqmax, 'cache=' || s.seqcache,
        CASE WHEN s.seqcycle THEN 'cycle' END), o.class, o.id
    FROM thing o JOIN pg_sequence s ON s.seqrelid = o.id JOIN pg_class c ON c.oid = o.id
    LEFT JOIN owned w ON w.oid = o.id
    WHERE o.word IN ('sequence', 'owned-sequence')
    UNION ALL
    SELECT concat_ws(' ', 'trigger', o.name, pg_get_triggerdef(t.oid),
        CASE t.tgenabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'enabled-on-replica'
                         WHEN 'A' THEN 'enabled-always' END), NULL, NULL
    FROM thing o JOIN pg_trigger t ON t.oid = o.id
    LEFT JOIN pg_trigger u ON u.oid = t.tgparentid
    -- the clone on a partition only where it is not as its parent is
    WHERE o.word = 'trigger' AND (u.oid IS NULL OR t.tgenabled <> u.tgenabled)
      AND NOT (t.tgisinternal AND t.tgconstraint <> 0)
    UNION ALL
    SELECT concat_ws(' ', 'rule', o.name, pg_get_ruledef(r.oid),
        CASE r.ev_enabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'enabled-on-replica'
                          WHEN 'A' THEN 'enabled-always' END), NULL, NULL
    FROM thing o JOIN pg_rewrite r ON r.oid = o.id WHERE o.word = 'rule'
    UNION ALL
    SELECT concat_ws(' ', 'policy', o.name, CASE WHEN p.polpermissive THEN 'permissive' ELSE 'restrictive' END,
        'for=' || CASE p.polcmd WHEN 'r' THEN 'select' WHEN 'a' THEN 'insert' WHEN 'w' THEN 'update'
                                WHEN 'd' THEN 'delete' ELSE 'all' END,
        'to=' || (SELECT string_agg(n, ', ' ORDER BY n COLLATE "C")
                  FROM (SELECT CASE WHEN u = 0 THEN 'PUBLIC' WHEN u = (SELECT owner FROM db) THEN '@owner'
                                    ELSE quote_ident(pg_get_userbyid(u)) END
                        FROM unnest(p.polroles) u) x (n)),
        'using=' || pg_get_expr(p.polqual, p.polrelid),
        'check=' || pg_get_expr(p.polwithcheck, p.polrelid)), NULL, NULL
    FROM thing o JOIN pg_policy p ON p.oid = o.id WHERE o.word = 'policy'
    UNION ALL
    SELECT concat_ws(' ', 'statistics', o.name, pg_get_statisticsobjdef(e.oid),
        'statistics=' || nullif(coalesce(e.stxstattarget, -1), -1)), NULL, NULL
    FROM thing o JOIN pg_statistic_ext e ON e.oid = o.id WHERE o.word = 'statistics'
    UNION ALL
    SELECT concat_ws(' ', o.word, o.name, rtrim(pg_get_functiondef(o.id), E'\n')), o.class, o.id
    FROM thing o WHERE o.word IN ('function', 'procedure')
    UNION ALL
    SELECT concat_ws(' ', 'aggregate', o.name, 'returns=' || format_type(p.prorettype, NULL),
        'state=' || format_type(a.aggtranstype, NULL),
        'parallel=' || p.proparallel::text, 'signature=' || pg_get_function_arguments(p.oid),
        'moving-state=' || format_type(nullif(a.aggmtranstype, 0), NULL),
        'sort=' || nullif(a.aggsortop, 0)::regoperator::text,
        (to_jsonb(a) - '{aggfnoid,aggtranstype,aggmtranstype,aggsortop}'::text[])::text), o.class, o.id
    FROM thing o JOIN pg_aggregate a ON a.aggfnoid = o.id JOIN pg_proc p ON p.oid = o.id
    WHERE o.word = 'aggregate'
    UNION ALL
    SELECT concat_ws(' ', o.word, o.name, CASE t.typtype
        WHEN 'e' THEN 'enum=' || coalesce((SELECT string_agg(quote_literal(e.enumlabel), ', '
                                            ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid), '')
        WHEN 'd' THEN concat_ws(' ', 'of=' || format_type(t.typbasetype, t.typtypmod),
            'collation=' || CASE WHEN t.typcollation <> b.typcollation THEN t.typcollation::regcollation::text END,
            CASE WHEN t.typnotnull THEN 'not-null' END, 'default=' || t.typdefault)
        WHEN 'c' THEN 'composite=(' || coalesce((SELECT string_agg(concat_ws(' ', quote_ident(a.attname),
                format_type(a.atttypid, a.atttypmod), 'collate ' || CASE WHEN a.attcollation <> x.typcollation
                    THEN a.attcollation::regcollation::text END), ', ' ORDER BY a.attnum)
            FROM pg_attribute a JOIN pg_type x ON x.oid = a.atttypid
            WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped), '') || ')'
        WHEN 'r' THEN (SELECT concat_ws(' ', 'range-of=' || format_type(g.rngsubtype, NULL),
                'multirange=' || format_type(g.rngmultitypid, NULL),
                'operator-class=' || quote_ident(n.nspname) || '.' || quote_ident(c.opcname),
                'collation=' || nullif(g.rngcollation, 0)::regcollation::text,
                'canonical=' || nullif(g.rngcanonical::oid, 0)::regprocedure::text,
                'difference=' || nullif(g.rngsubdiff::oid, 0)::regprocedure::text)
            FROM pg_range g JOIN pg_opclass c ON c.oid = g.rngsubopc JOIN pg_namespace n ON n.oid = c.opcnamespace
            WHERE g.rngtypid = t.oid)
        ELSE 'element=' || format_type(nullif(t.typelem, 0), NULL) END,
        CASE WHEN t.typtype IN ('b', 'p') THEN
            (to_jsonb(t) - '{oid,typname,typnamespace,typowner,typacl,typarray,typrelid,typelem,typdefaultbin}'::text[])::text
            END), o.class, o.id
    FROM thing o JOIN pg_type t ON t.oid = o.id LEFT JOIN pg_type b ON b.oid = t.typbasetype
    WHERE o.word IN ('type', 'domain')
    UNION ALL
    SELECT concat_ws(' ', 'operator', o.name, 'function=' || p.oprcode::oid::regprocedure::text,
        'commutator=' || nullif(p.oprcom, 0)::regoperator::text,
        'negator=' || nullif(p.oprnegate, 0)::regoperator::text,
        'restrict=' || nullif(p.oprrest::oid, 0)::regprocedure::text,
        'join=' || nullif(p.oprjoin::oid, 0)::regprocedure::text,
        CASE WHEN p.oprcanmerge THEN 'merges' END, CASE WHEN p.oprcanhash THEN 'hashes' END), NULL, NULL
    FROM thing o JOIN pg_operator p ON p.oid = o.id WHERE o.word = 'operator'
    UNION ALL
    SELECT concat_ws(' ', 'operator-class', o.name, CASE WHEN c.opcdefault THEN 'default' END,
        'for=' || format_type(c.opcintype, NULL), 'storage=' || format_type(nullif(c.opckeytype, 0), NULL),
        'family=' || quote_ident(n.nspname) || '.' || quote_ident(f.opfname)), NULL, NULL
    FROM thing o JOIN pg_opclass c ON c.oid = o.id JOIN pg_opfamily f ON f.oid = c.opcfamily
    JOIN pg_namespace n ON n.oid = f.opfnamespace WHERE o.word = 'operator-class'
    UNION ALL
    SELECT concat_ws(' ', 'operator-family', o.name, (SELECT string_agg(item, ', ' ORDER BY item COLLATE "C") FROM (
        SELECT concat_ws(' ', 'operator', amopstrategy, amopopr::regoperator::text, amoppurpose, nullif(amopsortfamily, 0))
        FROM pg_amop WHERE amopfamily = o.id
        UNION ALL
        SELECT concat_ws(' ', 'function', amprocnum, '(' || format_type(amproclefttype, NULL) || ', '
                         || format_type(amprocrighttype, NULL) || ')', amproc::oid::regprocedure::text)
        FROM pg_amproc WHERE amprocfamily = o.id) x (item))), NULL, NULL
    FROM thing o WHERE o.word = 'operator-family'
    UNION ALL
    SELECT concat_ws(' ', 'cast', o.name, 'method=' || c.castmethod::text, 'context=' || c.castcontext::text,
        'function=' || nullif(c.castfunc, 0)::regprocedure::text), NULL, NULL
    FROM thing o JOIN pg_cast c ON c.oid = o.id WHERE o.word = 'cast'
    UNION ALL
    SELECT concat_ws(' ', 'collation', o.name,
        (to_jsonb(c) - '{oid,collname,collnamespace,collowner,collversion}'::text[])::text), NULL, NULL
    FROM thing o JOIN pg_collation c ON c.oid = o.id WHERE o.word = 'collation'
    UNION ALL
    SELECT concat_ws(' ', 'conversion', o.name, 'from=' || pg_encoding_to_char(c.conforencoding),
        'to=' || pg_encoding_to_char(c.contoencoding), 'function=' || c.conproc::oid::regprocedure::text,
        CASE WHEN c.condefault THEN 'default' END), NULL, NULL
    FROM thing o JOIN pg_conversion c ON c.oid = o.id WHERE o.word = 'conversion'
    UNION ALL
    SELECT concat_ws(' ', 'text-search-configuration', o.name,
        'parser=' || (SELECT quote_ident(n.nspname) || '.' || quote_ident(p.prsname) FROM pg_ts_parser p
                      JOIN pg_namespace n ON n.oid = p.prsnamespace WHERE p.oid = c.cfgparser),
        'mapping=' || (SELECT string_agg(m.maptokentype || ':' || m.mapdict::regdictionary, ', '
                                         ORDER BY m.maptokentype, m.mapseqno)
                       FROM pg_ts_config_map m WHERE m.mapcfg = c.oid)), NULL, NULL
    FROM thing o JOIN pg_ts_config c ON c.oid = o.id WHERE o.word = 'text-search-configuration'
    UNION ALL
    SELECT concat_ws(' ', 'text-search-dictionary', o.name,
        'template=' || (SELECT quote_ident(n.nspname) || '.' || quote_ident(t.tmplname) FROM pg_ts_template t
                        JOIN pg_namespace n ON n.oid = t.tmplnamespace WHERE t.oid = d.dicttemplate),
        'options=' || d.dictinitoption), NULL, NULL
    FROM thing o JOIN pg_ts_dict d ON d.oid = o.id WHERE o.word = 'text-search-dictionary'
    UNION ALL
    SELECT concat_ws(' ', 'text-search-parser', o.name,
        (to_jsonb(p) - '{oid,prsname,prsnamespace}'::text[])::text), NULL, NULL
    FROM thing o JOIN pg_ts_parser p ON p.oid = o.id WHERE o.word = 'text-search-parser'
    UNION ALL
    SELECT concat_ws(' ', 'text-search-template', o.name,
        (to_jsonb(p) - '{oid,tmplname,tmplnamespace}'::text[])::text), NULL, NULL
    FROM thing o JOIN pg_ts_template p ON p.oid = o.id WHERE o.word = 'text-search-template'
    UNION ALL
    SELECT concat_ws(' ', 'extension', o.name, 'schema=' || quote_ident(n.nspname),
        'version=' || quote_ident(x.extversion),
        (SELECT string_agg('dumps=' || config::regclass::text || coalesce(' ' || nullif(condition, ''), ''), ' '
                           ORDER BY config::regclass::text)
         FROM unnest(x.extconfig, x.extcondition) t (config, condition))), NULL, NULL
    FROM thing o JOIN pg_extension x ON x.oid = o.id JOIN pg_namespace n ON n.oid = x.extnamespace
    WHERE o.word = 'extension'
    UNION ALL
    SELECT concat_ws(' ', 'language', o.name, CASE WHEN l.lanpltrusted THEN 'trusted' END,
        'handler=' || nullif(l.lanplcallfoid, 0)::regprocedure::text,
        'inline=' || nullif(l.laninline, 0)::regprocedure::text,
        'validator=' || nullif(l.lanvalidator, 0)::regprocedure::text), NULL, NULL
    FROM thing o JOIN pg_language l ON l.oid = o.id WHERE o.word = 'language' AND l.oid >= 16384
    UNION ALL
    SELECT concat_ws(' ', 'transform', o.name, 'from=' || t.trffromsql::oid::regprocedure::text,
        'to=' || t.trftosql::oid::regprocedure::text), NULL, NULL
    FROM thing o JOIN pg_transform t ON t.oid = o.id WHERE o.word = 'transform'
    UNION ALL
    SELECT concat_ws(' ', 'access-method', o.name, 'type=' || a.amtype::text,
        'handler=' || a.amhandler::oid::regprocedure::text), NULL, NULL
    FROM thing o JOIN pg_am a ON a.oid = o.id WHERE o.word = 'access-method'
    UNION ALL
    SELECT concat_ws(' ', 'foreign-data-wrapper', o.name,
        'handler=' || nullif(w.fdwhandler, 0)::regprocedure::text,
        'validator=' || nullif(w.fdwvalidator, 0)::regprocedure::text,
        'options=' || array_to_string(w.fdwoptions, ', ')), NULL, NULL
    FROM thing o JOIN pg_foreign_data_wrapper w ON w.oid = o.id WHERE o.word = 'foreign-data-wrapper'
    UNION ALL
    SELECT concat_ws(' ', 'server', o.name, 'wrapper=' || quote_ident(w.fdwname), 'type=' || quote_literal(s.srvtype),
        'version=' || quote_literal(s.srvversion), 'options=' || array_to_string(s.srvoptions, ', ')), NULL, NULL
    FROM thing o JOIN pg_foreign_server s ON s.oid = o.id JOIN pg_foreign_data_wrapper w ON w.oid = s.srvfdw
    WHERE o.word = 'server'
    UNION ALL -- a user mapping's options hold passwords: only their names are told
    SELECT concat_ws(' ', 'user-mapping', quote_ident(m.srvname) || '.' || CASE WHEN m.umuser = 0 THEN 'PUBLIC'
            WHEN m.umuser = (SELECT owner FROM db) THEN '@owner' ELSE quote_ident(m.usename) END,
        'options=' || (SELECT string_agg(split_part(x, '=', 1), ', ' ORDER BY x) FROM unnest(m.umoptions) x)), NULL, NULL
    FROM pg_user_mappings m
    UNION ALL
    SELECT concat_ws(' ', 'publication', o.name, (to_jsonb(p) - '{oid,pubname,pubowner}'::text[])::text), NULL, NULL
    FROM thing o JOIN pg_publication p ON p.oid = o.id WHERE o.word = 'publication'
    UNION ALL -- prqual and prattrs came with 15: `absent` stands in for them before
    SELECT concat_ws(' ', 'published', r.name, quote_ident(p.pubname),
        'columns=' || (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute a
                       WHERE a.attrelid = x.relation AND a.attnum = ANY (x.attrs)),
        'where=' || pg_get_expr(x.qual, x.relation)), NULL, NULL
    FROM (SELECT NULL::pg_node_tree AS prqual, NULL::int2vector AS prattrs) absent
    CROSS JOIN LATERAL (SELECT prpubid AS publication, prrelid AS relation, prqual AS qual, prattrs AS attrs
                        FROM pg_publication_rel) x
    JOIN relation r ON r.oid = x.relation JOIN pg_publication p ON p.oid = x.publication
    UNION ALL -- pg_publication_namespace came with 15: read from its dependencies, which every release has
    SELECT concat_ws(' ', 'published-schema', s.name, quote_ident(p.pubname)), NULL, NULL
    FROM pg_depend d
    JOIN space s ON s.oid = d.refobjid AND d.refclassid = 'pg_namespace'::regclass
    JOIN pg_depend e ON e.classid = d.classid AND e.objid = d.objid AND e.refclassid = 'pg_publication'::regclass
    JOIN pg_publication p ON p.oid = e.refobjid
    WHERE d.classid = to_regclass('pg_catalog.pg_publication_namespace')::oid
    UNION ALL
    SELECT concat_ws(' ', 'event-trigger', o.name, 'on=' || t.evtevent,
        'tags=' || array_to_string(t.evttags, ', '), 'function=' || t.evtfoid::regprocedure::text,
        CASE t.evtenabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'enabled-on-replica'
                          WHEN 'A' THEN 'enabled-always' END), NULL, NULL
    FROM thing o JOIN pg_event_trigger t ON t.oid = o.id WHERE o.word = 'event-trigger'
    UNION ALL
    SELECT concat_ws(' ', 'owner', o.name, o.word, quote_ident(pg_get_userbyid(o.owner))), NULL, NULL
    FROM thing o, db WHERE o.owner <> db.owner AND o.sub = 0 AND o.word <> 'owned-sequence'
      AND o.id >= CASE o.word WHEN 'language' THEN 16384 ELSE 0 END::oid
    UNION ALL
    SELECT concat_ws(' ', CASE p.word WHEN 'default' THEN 'default-' || p.verb ELSE p.verb END, p.name,
        nullif(p.word, 'default'), p.privilege_type, CASE p.verb WHEN 'grant' THEN 'to' ELSE 'from' END,
        CASE WHEN p.grantee = 0 THEN 'PUBLIC' WHEN p.grantee = db.owner THEN '@owner'
             ELSE quote_ident(pg_get_userbyid(p.grantee)) END,
        CASE WHEN p.is_grantable THEN 'with-grant-option' END,
        'by ' || CASE WHEN p.grantor <> p.owner THEN CASE WHEN p.grantor = db.owner THEN '@owner'
                 ELSE quote_ident(pg_get_userbyid(p.grantor)) END END), NULL, NULL
    FROM privilege p, db
    UNION ALL
    SELECT concat_ws(' ', 'comment', o.name, o.word, quote_literal(d.description)), NULL, NULL
    FROM thing o JOIN pg_description d ON d.classoid = o.class AND d.objoid = o.id AND d.objsubid = o.sub
    WHERE d.objoid >= 16384 OR d.classoid = 'pg_namespace'::regclass
    UNION ALL
    SELECT concat_ws(' ', 'security-label', o.name, o.word, quote_ident(l.provider), quote_literal(l.label)), NULL, NULL
    FROM thing o JOIN pg_seclabel l ON l.classoid = o.class AND l.objoid = o.id AND l.objsubid = o.sub
    UNION ALL
    SELECT concat_ws(' ', 'depends-on-extension', o.name, o.word, quote_ident(x.extname)), NULL, NULL
    FROM thing o JOIN pg_depend d ON d.classid = o.class AND d.objid = o.id AND d.deptype = 'x'
    JOIN pg_extension x ON x.oid = d.refobjid)
SELECT replace(replace(replace(f.line, E'\\', E'\\\\'), E'\n', E'\\n'), E'\r', E'\\r') AS line, u.users
FROM fact f LEFT JOIN usage u ON u.class = f.class AND u.id = f.id
