-- The statements that put the copy's owner into every policy in place of the source's, the role $1.
SELECT format('ALTER POLICY %I ON %I.%I TO %s', p.polname, n.nspname, c.relname,
              (SELECT string_agg(CASE WHEN u = r.oid THEN 'CURRENT_USER' WHEN u = 0 THEN 'PUBLIC'
                                      ELSE quote_ident(pg_get_userbyid(u)) END, ', ')
               FROM unnest(p.polroles) u))
FROM pg_policy p JOIN pg_roles r ON r.oid = ANY (p.polroles)
JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE r.rolname = $1
