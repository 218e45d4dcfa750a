-- $1, $2: how the trials ended before and after the upgrade; $3, $4: columns and constraints then.
-- What worked and fails now, unless the migration meant it: a new or stricter constraint may refuse
-- what it likes, and a column that is gone is not asked for.
WITH b AS (SELECT * FROM json_to_recordset($1) AS x (relation text, action text, attempt integer, role text, state text)),
a AS (SELECT * FROM json_to_recordset($2) AS x (relation text, action text, attempt integer, role text, state text,
                                                message text, inside text, col text, con text)),
was AS MATERIALIZED (SELECT * FROM json_to_recordset($3) AS x (what text, name text, part text, def text, defaulted boolean)),
is_now AS MATERIALIZED (SELECT * FROM json_to_recordset($4) AS x (what text, name text, part text, def text, defaulted boolean)),
-- few have failed
bad AS MATERIALIZED (
    SELECT a.* FROM a JOIN b ON b.relation = a.relation AND b.action = a.action AND b.attempt = a.attempt
        AND coalesce(b.role, '') = coalesce(a.role, '')
    WHERE a.state <> 'PGROK' AND (b.state = 'PGROK' OR b.state LIKE '23%' AND a.state = '55000')),
failed AS (
    SELECT a.*,
           EXISTS (SELECT FROM was WHERE what = 'column' AND name = a.relation AND part = quote_ident(a.col)) AS old_column,
           EXISTS (SELECT FROM was w JOIN is_now n ON n.what = 'column' AND n.name = w.name AND n.part = w.part
                   WHERE w.what = 'column' AND w.name = a.relation AND w.part = quote_ident(a.col) AND w.defaulted
                   AND NOT n.defaulted) AS lost_default,
           EXISTS (SELECT FROM was w LEFT JOIN is_now n ON n.what = 'column' AND n.name = w.name AND n.part = w.part
                   WHERE w.what = 'column' AND w.name = a.relation AND n.part IS NULL) AS lost_column,
           EXISTS (SELECT FROM was w JOIN is_now n ON n.what = 'column' AND n.name = w.name AND n.part = w.part
                   WHERE w.what = 'column' AND w.name = a.relation AND n.def <> w.def) AS other_type,
           EXISTS (SELECT FROM was w JOIN is_now n ON n.what = 'constraint' AND n.name = w.name AND n.part = w.part
                   WHERE w.what = 'constraint' AND w.part = a.con AND n.def = w.def) AS old_constraint,
           -- a key that the trial itself has chosen, and that a row which the migration inserted has by now
           EXISTS (SELECT FROM is_now n WHERE n.what = 'constraint' AND n.name = a.relation AND n.part = a.con AND n.def = 'unique'
                   AND NOT n.defaulted) AS own_choice,
           EXISTS (SELECT FROM was w LEFT JOIN is_now n ON n.what = 'partition' AND n.name = w.name AND n.part = w.part
                   WHERE w.what = 'partition' AND w.name = a.relation AND n.part IS NULL) AS lost_partition
    FROM bad a),
judged AS (
    SELECT *, CASE
        WHEN left(state, 2) IN ('08', '40', '53', '57', '58', 'XX', 'P0', '44') THEN NULL
        WHEN state IN ('42703', '42P01', '42883', '42704', '42804', '42P02', '42846') THEN CASE WHEN inside <> '' THEN 'write-fails' END
        WHEN state = '23502' THEN CASE WHEN inside <> '' THEN 'write-fails'
                                       WHEN lost_default OR NOT old_column AND NOT lost_column THEN 'required-column' END
        WHEN state = '23505' AND (attempt = 2 -- the row to be replaced has other values now
             OR action = 'INSERT' AND own_choice AND coalesce(inside, '') = '') THEN NULL
        -- the row that it refers to is gone: a loss of rows, which is seen as such
        WHEN state = '23503' AND action = 'INSERT' AND coalesce(inside, '') = '' THEN NULL
        WHEN state IN ('23505', '23503', '23514', '23P01', '23001') THEN
            -- a trigger's row for what is being deleted: a new key refuses what it refers to
            CASE WHEN old_constraint OR coalesce(con, '') = '' OR state = '23503' AND action = 'DELETE' AND inside <> '' THEN 'write-fails' END
        WHEN state = '42501' THEN CASE WHEN inside <> '' OR message !~ ' (for table|row-level security)' THEN 'write-fails' END
        WHEN state = '428C9' THEN NULL
        -- a function that reads our text as JSON, a number or a date: production's text may be that
        WHEN state IN ('22P02', '22007', '22008', '22030', '22032') AND inside <> '' THEN NULL
        WHEN state LIKE '22%' THEN CASE WHEN inside <> '' AND NOT other_type THEN 'write-fails' END
        ELSE 'write-fails' END AS rule
    FROM failed),
cause AS (
    SELECT rule, relation, state, inside, min(message) AS message, min(col) AS col, bool_or(lost_default) AS lost_default,
           bool_and(state = '23514' AND coalesce(con, '') = '' AND lost_partition) AS lost_partition,
           string_agg(DISTINCT action, ', ') AS actions, count(DISTINCT action) AS number,
           CASE WHEN bool_and(role IS NOT NULL) THEN string_agg(DISTINCT quote_ident(role), ', ') END AS roles
    FROM judged WHERE rule IS NOT NULL GROUP BY rule, relation, state, inside)
SELECT rule, 'table ' || relation AS object,
       format('%s%s worked and now %s: %s (%s)%s', actions, ' as ' || roles,
              CASE WHEN number = 1 THEN 'fails' ELSE 'fail' END, message, state, ' in function ' || inside) AS evidence,
       CASE WHEN rule = 'required-column' AND lost_default THEN
                format('keep the default of column %I until no old release writes to %s', col, relation)
            WHEN rule = 'required-column' THEN
                format('give column %I a default, or make it NOT NULL once no old release writes to %s', col, relation)
            WHEN inside <> '' THEN format('replace function %s in the same migration, so that it fits the new schema', inside)
            WHEN state = '23505' THEN format('move the sequence past the highest value that %s holds: SELECT setval(…, max(…))', relation)
            WHEN state = '55000' AND message LIKE '%replica identity%' THEN
                format('give %s a primary key, or ALTER TABLE %s REPLICA IDENTITY USING INDEX … or FULL', relation, relation)
            WHEN state = '23514' THEN format('attach a partition to %s that takes the row, or a DEFAULT partition', relation)
            WHEN state = '42501' THEN format('grant %s what writing to %s needs', coalesce(roles, 'the role'), relation)
            ELSE 'make the write possible again' END AS remedy,
       -- rows of a partition that was taken away are written no more, most likely
       CASE WHEN lost_partition THEN 'warning' END AS level
FROM cause
