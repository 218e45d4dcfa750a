-- The large objects of this database: how many, and a digest of their numbers and bytes. They are
-- read where they lie, a megabyte at a time; only the digest comes here.
WITH RECURSIVE piece (oid, number, digest, length) AS (
    SELECT m.oid, 0::bigint, x.digest, x.length
    FROM pg_largeobject_metadata m CROSS JOIN LATERAL (
        SELECT md5(y.bytes), length(y.bytes) FROM (SELECT lo_get(m.oid, 0, 1048576) OFFSET 0) y (bytes)) x (digest, length)
    UNION ALL
    SELECT p.oid, p.number + 1, x.digest, x.length
    FROM piece p CROSS JOIN LATERAL (
        SELECT md5(y.bytes), length(y.bytes)
        FROM (SELECT lo_get(p.oid, (p.number + 1) * 1048576, 1048576) OFFSET 0) y (bytes)) x (digest, length)
    WHERE p.length = 1048576)
SELECT count(DISTINCT oid) || ' ' || coalesce(md5(string_agg(oid || ':' || digest, ' ' ORDER BY oid, number)), '')
FROM piece
