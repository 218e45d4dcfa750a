-- $1, $2: columns before and after. Types that take less than they did, of columns that are still there.
WITH b AS (SELECT * FROM json_to_recordset($1) AS x (name text, word text, part text, type text, partition boolean)
           WHERE NOT partition AND word = 'table'),
a AS (SELECT * FROM json_to_recordset($2) AS x (name text, word text, part text, type text, partition boolean)
      WHERE NOT partition AND word = 'table'),
typed (name, part, was, now, was_word, now_word, was_size, now_size, was_scale, now_scale) AS MATERIALIZED (
    SELECT b.name, b.part, b.type, a.type, regexp_replace(b.type, '\(.*\)', ''), regexp_replace(a.type, '\(.*\)', ''),
           substring(b.type FROM '\((\d+)')::integer, substring(a.type FROM '\((\d+)')::integer,
           substring(b.type FROM ',(-?\d+)\)')::integer, substring(a.type FROM ',(-?\d+)\)')::integer
    FROM b JOIN a ON a.name = b.name AND a.part = b.part WHERE a.type <> b.type)
SELECT format('column %s of %s', part, name),
       format('is %s and was %s: a release that writes more than it takes now fails', now, was),
       'narrow it once no release writes such values, after a CHECK has shown that there are none'
FROM typed
WHERE (was_word, now_word) IN (('bigint', 'integer'), ('bigint', 'smallint'), ('integer', 'smallint'), ('double precision', 'real'),
                              ('text', 'character varying'), ('text', 'character'), ('jsonb', 'character varying'))
   OR was_word IN ('character varying', 'character') AND now_word IN ('character varying', 'character')
      AND now_size < coalesce(was_size, 2147483647)
   OR was_word = 'numeric' AND now_word = 'numeric' AND now_size IS NOT NULL
      AND (was_size IS NULL OR now_size - coalesce(now_scale, 0) < was_size - coalesce(was_scale, 0))
