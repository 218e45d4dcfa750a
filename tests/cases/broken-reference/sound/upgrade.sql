UPDATE vans SET depot = 1 WHERE depot = 2;
DELETE FROM depots WHERE id = 2;
