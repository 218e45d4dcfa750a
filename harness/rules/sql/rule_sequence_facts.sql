-- Sequences that give a column its values: the highest value there is, the next one, and how far
-- sequence and column reach.
SELECT t.oid::regclass::text AS name, quote_ident(a.attname) AS part, s.seqrelid::regclass::text AS sequence,
       a.attnum = ANY (SELECT unnest(i.indkey) FROM pg_index i WHERE i.indrelid = t.oid AND i.indisunique AND i.indnkeyatts = 1) AS only,
       pg_temp.pgrehearse_value(format('SELECT max(%I) FROM %s', a.attname, t.oid::regclass))::numeric AS highest,
       pg_temp.pgrehearse_value(format('SELECT CASE WHEN is_called THEN last_value + %s ELSE last_value END FROM %s',
                                       s.seqincrement, s.seqrelid::regclass))::numeric AS next,
       s.seqincrement AS step, s.seqmax, format_type(s.seqtypid, NULL) AS sequence_type, format_type(a.atttypid, NULL) AS column_type,
       CASE a.atttypid WHEN 'int8'::regtype THEN 9223372036854775807 WHEN 'int4'::regtype THEN 2147483647
                       WHEN 'int2'::regtype THEN 32767 END AS reach
FROM pg_sequence s
JOIN LATERAL (
    SELECT d.refobjid, d.refobjsubid::smallint FROM pg_depend d
    WHERE d.classid = 'pg_class'::regclass AND d.objid = s.seqrelid AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'i'
    UNION
    SELECT f.adrelid, f.adnum FROM pg_depend d JOIN pg_attrdef f ON f.oid = d.objid
    WHERE d.classid = 'pg_attrdef'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = s.seqrelid
      AND pg_get_expr(f.adbin, f.adrelid) ~ '^nextval\(') o (tableid, number) ON true
JOIN pg_class t ON t.oid = o.tableid AND t.oid >= 16384 AND NOT t.relispartition
JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = o.number AND NOT a.attisdropped
WHERE a.atttypid IN ('int8'::regtype, 'int4'::regtype, 'int2'::regtype, 'numeric'::regtype)
