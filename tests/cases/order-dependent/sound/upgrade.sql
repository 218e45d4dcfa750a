UPDATE users SET city = latest.city
FROM (SELECT DISTINCT ON (owner) owner, city FROM addresses ORDER BY owner, id DESC) latest
WHERE latest.owner = users.id;
