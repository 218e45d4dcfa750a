-- $1, $2: columns before and after. Tables whose rows look different: SELECT * of a statement that was
-- prepared before fails until the session reconnects.
WITH b AS (SELECT * FROM json_to_recordset($1) AS x (name text, word text, number integer, part text, type text, partition boolean)
           WHERE NOT partition),
a AS (SELECT * FROM json_to_recordset($2) AS x (name text, word text, number integer, part text, type text)),
was AS (SELECT name, min(word) AS word, string_agg(part || ' ' || type, ', ' ORDER BY number) AS row FROM b GROUP BY name),
is_now AS (SELECT name, string_agg(part || ' ' || type, ', ' ORDER BY number) AS row FROM a GROUP BY name)
SELECT was.word || ' ' || name,
       'has other columns: a session that prepared SELECT * on it gets "cached plan must not change result type" (0A000)',
       'let sessions reconnect after the migration, or name the columns in prepared statements'
FROM was JOIN is_now USING (name) WHERE was.row <> is_now.row
