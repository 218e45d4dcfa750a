-- $1: the facts before, $2: the facts after. What an object had, and has no more since it was made
-- anew or replaced.
WITH b AS MATERIALIZED (SELECT * FROM json_to_recordset($1) AS x (what text, word text, name text, part text, stamp text,
                        trait text, value text, alt text, needs json, wants text, fix text)),
a AS MATERIALIZED (SELECT * FROM json_to_recordset($2) AS x (what text, word text, name text, part text, stamp text,
                        trait text, value text, alt text, needs json, wants text, fix text)),
-- a function of the same name whose arguments are others is the same function made anew
single AS (
    SELECT b.name, min(a.name) AS now FROM b JOIN a ON a.what = 'function' AND a.part = b.part
    WHERE b.what = 'function'
    GROUP BY b.name HAVING count(*) = 1),
object AS (
    SELECT b.word, b.name, b.stamp, coalesce(same.name, other.name) AS now, coalesce(same.word, other.word) AS now_word,
           coalesce(same.stamp, other.stamp) AS now_stamp
    FROM b
    LEFT JOIN a same ON same.name = b.name AND same.what = b.what
    LEFT JOIN single s ON s.name = b.name AND b.what = 'function' AND same.name IS NULL
    LEFT JOIN a other ON other.what = 'function' AND other.name = s.now
    WHERE b.what NOT IN ('trait', 'column', 'replaced')),
columns AS (
    SELECT b.name, b.part, b.stamp, a.stamp AS now_stamp FROM b
    LEFT JOIN a ON a.what = 'column' AND a.name = b.name AND a.part = b.part WHERE b.what = 'column'),
-- only what was recreated or replaced in some part is looked at closely
anew AS MATERIALIZED (
    SELECT o.word, o.name, o.now, o.now_word, o.stamp, o.now_stamp FROM object o
    WHERE o.now IS NOT NULL AND (
        o.stamp <> o.now_stamp
        OR o.name IN (SELECT c.name FROM columns c WHERE c.stamp <> c.now_stamp)
        OR o.name IN (SELECT w.name FROM b w JOIN a n ON n.what = 'replaced' AND n.word = w.word AND n.name = w.name
                      WHERE w.what = 'replaced' AND n.stamp <> w.stamp))),
had AS MATERIALIZED (SELECT b.* FROM b WHERE b.what = 'trait' AND b.name IN (SELECT name FROM anew)),
has AS MATERIALIZED (SELECT a.* FROM a WHERE a.what IN ('trait', 'replaced') AND a.name IN (SELECT now FROM anew)),
lost AS (
    SELECT t.word, t.name, t.trait, t.value, t.fix, o.now
    FROM had t JOIN anew o ON o.word = t.word AND o.name = t.name
    WHERE (o.now_word = t.word OR t.trait IN ('grant', 'owner'))
      AND NOT EXISTS (
          SELECT FROM has x WHERE x.what = 'trait' AND x.name = o.now AND x.trait = t.trait
             AND (x.value = t.value OR x.alt = t.alt))
      -- the columns it stands on are there, and the other table
      AND NOT EXISTS (SELECT FROM json_array_elements_text(t.needs) n (part)
                      LEFT JOIN columns c ON c.name = t.name AND c.part = n.part WHERE c.now_stamp IS NULL)
      AND (t.wants IS NULL OR EXISTS (SELECT FROM a x WHERE x.what = 'relation' AND x.name = t.wants))
      -- and something of it was recreated
      AND (o.stamp <> o.now_stamp
           OR EXISTS (SELECT FROM json_array_elements_text(t.needs) n (part)
                      JOIN columns c ON c.name = t.name AND c.part = n.part AND c.stamp <> c.now_stamp)
           OR t.stamp <> (SELECT r.stamp FROM has r WHERE r.what = 'replaced' AND r.word = t.word AND r.name = o.now)))
SELECT word || ' ' || name AS object,
       'came back without ' || string_agg(trim(trait || ' ' || value), ', ' ORDER BY trait, value) AS evidence,
       'repeat what it had: ' || string_agg(fix, '; ' ORDER BY trait, value) AS remedy,
       -- such attributes may go because the new body is no longer so, or no longer meant to be unique
       CASE WHEN bool_and(trait = 'attribute') THEN 'warning' END AS level
FROM lost GROUP BY word, name ORDER BY 1
