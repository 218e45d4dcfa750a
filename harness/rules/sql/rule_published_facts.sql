-- Tables that are published and have nothing by which a subscriber could find a row: each UPDATE and DELETE of
-- them is refused. Of every table there is a row without evidence.
SELECT 'table ' || c.oid::regclass AS object,
       format('is new, published by %s, and has no replica identity: UPDATE and DELETE are refused', string_agg(quote_ident(p.pubname), ', ' ORDER BY p.pubname)) AS evidence,
       format('give %s a primary key, or ALTER TABLE %1$s REPLICA IDENTITY FULL', c.oid::regclass) AS remedy
FROM pg_publication p JOIN LATERAL pg_get_publication_tables(p.pubname) x ON true JOIN pg_class c ON c.oid = x.relid
WHERE (p.pubupdate OR p.pubdelete) AND c.relkind = 'r' AND c.relpersistence = 'p'
  AND CASE c.relreplident WHEN 'f' THEN false WHEN 'n' THEN true
           ELSE NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisvalid
                            AND CASE c.relreplident WHEN 'i' THEN i.indisreplident ELSE i.indisprimary END) END
GROUP BY c.oid
UNION ALL
SELECT 'table ' || c.oid::regclass, NULL, NULL FROM pg_class c WHERE c.relkind = 'r' AND c.oid >= 16384
