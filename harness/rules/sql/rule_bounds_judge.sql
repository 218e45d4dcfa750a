-- $1, $2: what bounds rows at the baseline and at the target. Statements that write what only the
-- target takes, and what each of them is about. One without a statement means that a table of the baseline
-- was rebuilt, or lost or changed a column, so that rows may get lost on the way back.
WITH b AS MATERIALIZED (
    SELECT * FROM json_to_recordset($1) AS x (what text, id text, name text, part text, def text, required boolean, computed boolean)),
a AS MATERIALIZED (
    SELECT * FROM json_to_recordset($2) AS x (what text, id text, name text, part text, def text, required boolean, computed boolean)),
stays AS (SELECT name FROM b WHERE what = 'column' INTERSECT SELECT name FROM a WHERE what = 'column'),
new_label AS (
    SELECT name, min(part) AS part FROM a WHERE what = 'label' AND name IN (SELECT name FROM b WHERE what = 'label')
    AND NOT EXISTS (SELECT FROM b WHERE b.what = 'label' AND b.name = a.name AND b.part = a.part) GROUP BY name),
-- materialized, so that columns are counted of these only, and not of every unique key of a large schema
no_longer_unique AS MATERIALIZED (
    SELECT b.name, b.part FROM b JOIN stays s ON s.name = b.name
    WHERE b.what = 'unique' AND NOT EXISTS (SELECT FROM a WHERE a.what = 'unique' AND a.name = b.name AND a.part = b.part))
SELECT format('NULL in %s of %s', a.part, a.name) AS about,
       format('UPDATE %1$s SET %2$s = NULL WHERE ctid = (SELECT ctid FROM %1$s ORDER BY ctid DESC LIMIT 1)', a.name, a.part) AS sql
FROM a JOIN b ON b.what = 'column' AND b.name = a.name AND b.part = a.part AND b.required
WHERE a.what = 'column' AND NOT a.required AND NOT a.computed
UNION ALL
SELECT format('''%s'' in %s of %s', l.part, a.part, a.name),
       format('UPDATE %1$s SET %2$s = %3$L WHERE ctid = (SELECT ctid FROM %1$s ORDER BY ctid DESC LIMIT 1)', a.name, a.part, l.part)
FROM a JOIN new_label l ON l.name = a.def JOIN stays s ON s.name = a.name
WHERE a.what = 'column' AND NOT a.computed
UNION ALL
SELECT format('%s twice in %s', b.part, b.name),
       format('UPDATE %1$s SET (%2$s) = (SELECT %2$s FROM %1$s ORDER BY ctid LIMIT 1) '
              'WHERE ctid = (SELECT ctid FROM %1$s ORDER BY ctid DESC LIMIT 1)', b.name, b.part)
FROM no_longer_unique b
WHERE (SELECT count(*) FROM a WHERE a.what = 'column' AND a.name = b.name AND NOT a.computed
       AND a.part = ANY (string_to_array(b.part, ', '))) = cardinality(string_to_array(b.part, ', '))
UNION ALL
(SELECT b.name, NULL FROM b JOIN stays s ON s.name = b.name
 WHERE b.what = 'column' AND NOT EXISTS (SELECT FROM a WHERE a.what = 'column' AND a.id = b.id AND a.name = b.name
                                         AND a.part = b.part AND a.def = b.def)
 LIMIT 1)
