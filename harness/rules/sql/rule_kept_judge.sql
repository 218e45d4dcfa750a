-- Rows of each table: $1, $2 at the target, before and after some were written; $3 after the rollback of the
-- database in which none were; $4 after that in which they were.
WITH was AS (SELECT * FROM json_to_recordset($1) AS x (name text, rows bigint)),
wrote AS (SELECT * FROM json_to_recordset($2) AS x (name text, rows bigint)),
back AS (SELECT * FROM json_to_recordset($3) AS x (name text, rows bigint)),
there AS (SELECT * FROM json_to_recordset($4) AS x (name text, rows bigint))
SELECT 'table ' || name,
       format('loses %s of %s row%s written between upgrade and rollback', least(back.rows + wrote.rows - was.rows - there.rows,
              wrote.rows - was.rows), wrote.rows - was.rows, CASE WHEN wrote.rows - was.rows = 1 THEN '' ELSE 's' END),
       format('let the downgrade keep the rows that %s has by then, not those that it had before the upgrade', name)
FROM was JOIN wrote USING (name) JOIN back USING (name) JOIN there USING (name)
WHERE wrote.rows > was.rows AND there.rows < back.rows + wrote.rows - was.rows
