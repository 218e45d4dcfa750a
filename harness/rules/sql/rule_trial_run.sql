-- $1: the plan; $2: whether `now` is what to try.
SELECT t.* FROM pg_temp.pgrehearse_try((
    SELECT coalesce(json_agg(json_build_object('relation', p.relation, 'action', p.action, 'attempt', p.attempt, 'role', p.role,
                                               'sql', CASE WHEN $2::boolean THEN p.now ELSE p.sql END)), '[]')
    FROM json_to_recordset($1) AS p (relation text, action text, attempt integer, role text, sql text, now text))) t
