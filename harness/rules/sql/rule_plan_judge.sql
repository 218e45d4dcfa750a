-- $1, $2: the plans before and after; $3: the statements.
SELECT format('statement "%s"', s.sql),
       format('costs the planner %s times as much after the upgrade, with the rows of production: %s (%s), which was %s (%s); production has called it %s times',
              round(a.cost / b.cost), a.plan, round(a.cost), b.plan, round(b.cost), s.calls),
       'keep or build the index that the statement needs'
FROM json_to_recordset($1) AS b (number integer, cost numeric, plan text)
JOIN json_to_recordset($2) AS a (number integer, cost numeric, plan text) USING (number)
JOIN json_to_recordset($3) AS s (number integer, sql text, calls bigint) USING (number)
-- what is cheap stays cheap enough
WHERE a.cost >= 10 * b.cost AND a.cost >= 1000
