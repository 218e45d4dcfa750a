-- $1, $2: foreign keys before and after. A key on the same columns that was made anew and no longer says what it
-- did: lost in passing if something else was the purpose, as another type; else it may be meant.
WITH b AS MATERIALIZED (SELECT * FROM json_to_recordset($1) AS x (name text, part text, id text, other text, columns text, stamp text,
                        "delete" text, "update" text, "deferrable" boolean, "deferred" boolean, def text)),
a AS MATERIALIZED (SELECT * FROM json_to_recordset($2) AS x (name text, part text, id text, other text, columns text, stamp text,
                   "delete" text, "update" text, "deferrable" boolean, "deferred" boolean, def text)),
anew AS MATERIALIZED (
    SELECT b.*, a.part AS part_now, b.stamp <> a.stamp AS in_passing, concat_ws(', ',
           CASE WHEN b."delete" <> 'a' AND a."delete" = 'a' THEN substring(b.def FROM 'ON DELETE (?:CASCADE|RESTRICT|SET NULL|SET DEFAULT)') END,
           CASE WHEN b."update" <> 'a' AND a."update" = 'a' THEN substring(b.def FROM 'ON UPDATE (?:CASCADE|RESTRICT|SET NULL|SET DEFAULT)') END,
           CASE WHEN b."deferrable" AND NOT a."deferrable" THEN 'DEFERRABLE' END,
           CASE WHEN b."deferred" AND NOT a."deferred" THEN 'INITIALLY DEFERRED' END) AS lost
    FROM b JOIN a ON a.name = b.name AND a.other = b.other AND a.columns = b.columns AND a.id <> b.id
    -- not those that say the same thing twice
    WHERE NOT EXISTS (SELECT FROM a s WHERE s.id = b.id)
      AND NOT EXISTS (SELECT FROM a s WHERE s.name = b.name AND s.other = b.other AND s.columns = b.columns AND s.id <> a.id))
SELECT format('foreign key %s of %s', part_now, name), 'came back without ' || lost,
       format('repeat what it had: ALTER TABLE %s DROP CONSTRAINT %s, ADD CONSTRAINT %2$s %3$s', name, part_now, def),
       CASE WHEN NOT in_passing THEN 'warning' END
FROM anew WHERE lost <> ''
