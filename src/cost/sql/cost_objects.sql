-- What is no relation and can be locked all the same, such as types and constraints, in words;
-- of extensions only they themselves.
SELECT DISTINCT classid, objid, pg_describe_object(classid, objid, 0)
FROM pg_depend
WHERE objid >= 16384 AND classid <> 'pg_class'::regclass
  AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = pg_depend.classid
                  AND e.objid = pg_depend.objid AND e.deptype = 'e')
