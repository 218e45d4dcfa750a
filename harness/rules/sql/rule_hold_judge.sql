-- $1, $2: the facts before and after; $3: the ledger; $4: the rule that asks; $5: how long tables will be locked in
-- production, as far as that is known; $6: rows that were written after a table was changed. What others would wait
-- for, judged by the locks that were held and by what came
-- of it; by a figure where there is one. Only tables count that were there with rows in them.
WITH b AS MATERIALIZED (SELECT * FROM json_to_recordset($1) AS x (what text, oid oid, name text, part text, other text, columns json, valid boolean, rows bigint)),
a AS MATERIALIZED (SELECT * FROM json_to_recordset($2) AS x (what text, oid oid, name text, part text, other text, columns json, valid boolean, rows bigint)),
statement AS MATERIALIZED (SELECT * FROM json_to_recordset($3::json -> 'statements') AS x (number bigint, sql text, tag text, sqlstate text,
                           seconds float, rows bigint, transaction bigint)),
-- by the name under which it was locked; a name that another table has taken over says nothing
busy AS MATERIALIZED (
    SELECT b.name, b.rows FROM b LEFT JOIN a ON a.what = 'table' AND a.name = b.name
    WHERE b.what = 'table' AND b.rows > 0 AND (a.oid IS NULL OR a.oid = b.oid)
    UNION
    SELECT a.name, b.rows FROM b JOIN a ON a.what = 'table' AND a.oid = b.oid
    WHERE b.what = 'table' AND b.rows > 0 AND a.name NOT IN (SELECT name FROM b WHERE what = 'table')),
-- of several commands sent together only the last one's tag is known
took AS MATERIALIZED (SELECT number, CASE WHEN sql !~ ';\s*\S' THEN tag END AS tag, format('%s ms here for %s rows', round((seconds * 1000)::numeric, 1), '%s') AS text FROM statement),
held AS MATERIALIZED (
    SELECT l.*, y.name, y.rows,
           array_position(ARRAY['ShareUpdateExclusiveLock', 'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'], l.mode) AS strength
    FROM json_to_recordset($3::json -> 'locks') AS l (statement bigint, transaction bigint, taken float, held float, object text, mode text)
    JOIN busy y ON l.object IN ('table ' || y.name, 'partitioned table ' || y.name, 'materialized view ' || y.name)),
rewritten AS (
    SELECT t.name, t.statement, y.rows FROM json_to_recordset($3::json -> 'tables') AS t (name text, rewritten boolean, statement bigint)
    JOIN busy y ON y.name = t.name WHERE t.rewritten),
-- a table whose rows were checked in a transaction that kept nobody waiting
gentle AS (
    SELECT DISTINCT h.name FROM held h WHERE h.mode = 'ShareUpdateExclusiveLock'
      AND NOT EXISTS (SELECT FROM held o WHERE o.name = h.name AND o.strength > 1
                      AND (o.transaction = h.transaction AND h.transaction > 0 OR o.statement = h.statement))
    UNION -- quicker than the ledger could look
    SELECT y.name FROM busy y JOIN statement s ON regexp_replace(s.sql, '--[^\n]*', '', 'g') ~* '(VALIDATE\s+CONSTRAINT|CONCURRENTLY)'
      AND position(split_part(y.name, '.', 2) IN s.sql) > 0
    WHERE s.number NOT IN (SELECT o.statement FROM held o WHERE o.name = y.name AND o.strength > 1)
      AND NOT EXISTS (SELECT FROM held o WHERE o.name = y.name AND o.strength > 1 AND o.transaction = s.transaction AND s.transaction > 0)),
-- what holds of every row now, and did not have to before; few, so that the rest asks about few
newer AS MATERIALIZED (
    SELECT a.* FROM a WHERE a.what IN ('check', 'foreign key', 'not null') AND a.valid
      AND NOT EXISTS (SELECT FROM b WHERE b.what = a.what AND b.name = a.name AND b.part = a.part AND b.valid)),
fresh AS (
    SELECT n.what, n.name, n.part, n.other, y.rows FROM newer n JOIN busy y ON y.name = n.name
    WHERE NOT (n.what = 'not null' AND NOT EXISTS (SELECT FROM b WHERE b.what = 'column' AND b.name = n.name AND b.part = n.part))
      -- a new column without values has nothing to be checked against a key
      AND NOT (n.what = 'foreign key' AND EXISTS (
          SELECT FROM json_array_elements_text(n.columns) c (part) JOIN a ON a.what = 'column' AND a.name = n.name AND a.part = c.part
          WHERE NOT a.valid AND NOT EXISTS (SELECT FROM b WHERE b.what = 'column' AND b.name = n.name AND b.part = c.part)))),
attached AS MATERIALIZED ( -- with no check that could have spared it the reading of every row
    SELECT a.name, a.other, y.rows FROM a JOIN busy y ON y.name = a.name
    WHERE a.what = 'partition' AND NOT EXISTS (SELECT FROM b WHERE b.what = 'partition' AND b.oid = a.oid)
      AND NOT EXISTS (SELECT FROM a c WHERE c.what = 'check' AND c.name = a.name)
      AND NOT EXISTS (SELECT FROM b c WHERE c.what = 'check' AND c.oid = a.oid)
      AND NOT EXISTS (SELECT FROM statement s WHERE s.sql ~* '\mCHECK\M' AND position(split_part(a.name, '.', 2) IN s.sql) > 0)),
beside AS MATERIALIZED ( -- a new partition may take rows that the default one has, unless a check says no
    SELECT d.name, d.other, min(n.name) AS partition, y.rows FROM b d JOIN busy y ON y.name = d.name
    JOIN a n ON n.what = 'partition' AND n.other = d.other AND n.part = ''
    WHERE d.what = 'partition' AND d.part = 'default' AND NOT EXISTS (SELECT FROM b WHERE b.what = 'partition' AND b.oid = n.oid AND b.other = n.other)
      AND NOT EXISTS (SELECT FROM b c WHERE c.what = 'check' AND c.oid = d.oid) AND NOT EXISTS (SELECT FROM a c WHERE c.what = 'check' AND c.oid = d.oid)
      AND NOT EXISTS (SELECT FROM statement s WHERE s.sql ~* '\mCHECK\M' AND position(split_part(d.name, '.', 2) IN s.sql) > 0)
    GROUP BY d.name, d.other, y.rows),
-- an index that was not there before, on a table that keeps its rows and its file
built AS MATERIALIZED (
    SELECT a.name, min(a.part) AS part, bool_and(a.valid) AS is_constraint, y.rows FROM a JOIN busy y ON y.name = a.name
    WHERE a.what = 'index' AND a.oid IN (SELECT oid FROM b WHERE what = 'table')
      AND NOT EXISTS (SELECT FROM b WHERE b.what = 'index' AND b.oid = a.oid AND (b.other = a.other AND b.other <> '0' OR b.other = '0' AND b.part = a.part))
      AND a.name NOT IN (SELECT name FROM gentle) AND a.name NOT IN (SELECT name FROM rewritten)
    GROUP BY a.name, y.rows),
-- the lock shows which statement built it, where it could be seen; it is also taken for an index that is taken over
sharing AS (SELECT name, min(statement) AS statement FROM held WHERE mode = 'ShareLock' GROUP BY name),
strongest AS (
    SELECT DISTINCT ON (name, transaction, CASE WHEN transaction = 0 THEN statement END) *
    FROM held WHERE strength > 1 ORDER BY name, transaction, CASE WHEN transaction = 0 THEN statement END, strength DESC, statement),
forecast AS MATERIALIZED (
    SELECT name, format('forecast for production (%s rows): locked for %s (%s to %s), %s is tolerated', ltrim(to_char(rows, '999G999G999G999')),
                        pg_temp.pgrehearse_seconds(estimate), pg_temp.pgrehearse_seconds(low), pg_temp.pgrehearse_seconds(high),
                        pg_temp.pgrehearse_seconds(tolerated)) AS text,
           CASE WHEN low > tolerated THEN 'finding' WHEN high <= tolerated THEN 'note' ELSE 'warning' END AS level
    FROM json_to_recordset($5::json) AS x (name text, rows bigint, estimate float, low float, high float, tolerated float)),
kept (rule, object, evidence, remedy, name, ends) AS MATERIALIZED (
    SELECT 'lock-kept', 'table ' || h.name,
           format('is locked by statement %s (%s), and statement %s then writes %s rows before the lock goes', h.statement, h.mode,
                  w.number, w.rows),
           'change the schema in one transaction and the rows in others, in batches', h.name, NULL
    FROM strongest h JOIN LATERAL (
        SELECT s.number, s.rows FROM statement s
        WHERE s.transaction = h.transaction AND h.transaction > 0 AND s.number > h.statement AND s.rows > 1
          AND s.tag ~ '^(INSERT|UPDATE|DELETE|MERGE|COPY)'
          -- rows of the migrator's own table are few
        ORDER BY s.rows DESC LIMIT 1) w ON true
    WHERE h.mode = 'AccessExclusiveLock'
      AND h.name IN (SELECT name FROM a WHERE what = 'table')),
seen (rule, object, evidence, remedy, name, ends) AS (
    SELECT 'table-rewritten', 'table ' || r.name,
           format('is rewritten%s, and nobody can read it meanwhile: %s',
                  ' by statement ' || nullif(r.statement, 0) || coalesce(' (' || t.tag || ')', ''), coalesce(format(t.text, r.rows), r.rows || ' rows here')),
           'add a column beside the old one, fill it in batches, and switch', r.name, 'and the time grows with them'
    FROM rewritten r LEFT JOIN took t ON t.number = r.statement
    UNION ALL
    SELECT 'scan-under-lock', 'table ' || i.name,
           format('has index %s built on it%s while writers wait: %s', i.part, ' by statement ' || t.number, coalesce(format(t.text, i.rows), i.rows || ' rows here')),
           CASE WHEN i.is_constraint THEN 'CREATE UNIQUE INDEX CONCURRENTLY, outside of a transaction, then ADD CONSTRAINT … USING INDEX'
                ELSE 'CREATE INDEX CONCURRENTLY, outside of a transaction' END,
           i.name, 'and the time grows with them'
    FROM built i LEFT JOIN sharing h ON h.name = i.name LEFT JOIN took t ON t.number = h.statement AND t.tag IS NOT NULL
    UNION ALL
    SELECT 'scan-under-lock', 'table ' || f.name,
           format('has all its rows checked for %s %s while %s: %s rows here', f.what, f.part,
                  CASE f.what WHEN 'foreign key' THEN 'writers of it and of ' || f.other || ' wait' ELSE 'nobody can read it' END, f.rows),
           CASE f.what WHEN 'not null' THEN format('ADD CONSTRAINT … CHECK (%s IS NOT NULL) NOT VALID, VALIDATE it in a transaction of its own, then SET NOT NULL', f.part)
                ELSE format('ADD CONSTRAINT %s … NOT VALID, then VALIDATE CONSTRAINT in a transaction of its own', f.part) END,
           f.name, 'and the time grows with them'
    FROM fresh f WHERE f.name NOT IN (SELECT name FROM gentle) AND f.name NOT IN (SELECT name FROM rewritten)
    UNION ALL
    SELECT 'scan-under-lock', 'table ' || t.name,
           format('has all its rows checked against its bounds as a partition of %s while nobody can read it: %s rows here', t.other, t.rows),
           'ADD CONSTRAINT … CHECK with these bounds NOT VALID, VALIDATE it in a transaction of its own, then ATTACH PARTITION',
           t.name, 'and the time grows with them'
    FROM attached t
    UNION ALL
    SELECT 'scan-under-lock', 'table ' || d.name,
           format('has all its rows checked while nobody can read it: it is the default partition of %s, and they may belong to the new one, %s; %s rows here',
                  d.other, d.partition, d.rows),
           format('first ADD CONSTRAINT … CHECK that no row of %s is within the bounds of the new partition, NOT VALID, and VALIDATE it in a transaction of its own', d.name),
           d.name, 'and the time grows with them'
    FROM beside d
    UNION ALL
    SELECT * FROM kept
    UNION ALL -- several commands in one string or a DO block, which the ledger cannot tell apart
    SELECT 'lock-kept', 'table ' || w.name,
           format('is locked for the change of its columns, and %s rows of %s are then written in the same transaction before the lock goes', w.rows, w.written),
           'change the schema in one transaction and the rows in others, in batches', w.name, NULL
    FROM (SELECT DISTINCT ON (name) * FROM json_to_recordset($6::json) AS x (name text, written text, rows bigint)
          WHERE written NOT IN (SELECT name FROM rewritten) ORDER BY name, rows DESC) w
    WHERE w.name NOT IN (SELECT name FROM kept) AND w.name NOT IN (SELECT name FROM rewritten)
    UNION ALL
    SELECT 'several-locked', 'transaction ' || h.transaction,
           format('locks %s tables that are in use, and keeps each until the last: %s', count(*), string_agg(h.name, ', ' ORDER BY h.statement)),
           'one table per transaction, so that migrations and requests do not deadlock', NULL, NULL
    FROM strongest h WHERE h.mode = 'AccessExclusiveLock' AND h.transaction > 0
    GROUP BY h.transaction HAVING count(*) > 1
    UNION ALL
    SELECT 'no-lock-timeout', 'table ' || h.name,
           format('is locked (%s) by statement %s without a lock_timeout: everybody behind it waits as long as it does', h.mode, min(h.statement)),
           'SET lock_timeout = ''5s'' at the beginning, and try again later', NULL, NULL
    FROM strongest h
    WHERE NOT EXISTS (SELECT FROM statement s WHERE s.number <= h.statement AND s.sql ~* 'lock_timeout')
      AND coalesce((SELECT reset_val FROM pg_settings WHERE name = 'lock_timeout'), '0') = '0'
    GROUP BY h.name, h.mode),
found AS (
    SELECT * FROM seen
    UNION ALL -- too brief here to be seen, and not in production
    SELECT 'scan-under-lock', 'table ' || f.name, 'is locked while its rows are worked on',
           'do what takes long without a lock: CONCURRENTLY, NOT VALID and VALIDATE, batches', f.name, NULL
    FROM forecast f WHERE f.level <> 'note'
      AND f.name NOT IN (SELECT name FROM seen WHERE rule IN ('table-rewritten', 'scan-under-lock', 'lock-kept')))
SELECT object, coalesce(evidence || '; ' || f.text, concat_ws(', ', evidence, ends)), remedy, f.level
FROM found LEFT JOIN forecast f ON f.name = found.name WHERE rule = $4::text
