ALTER TABLE addresses DROP COLUMN city_id;
DROP TABLE cities;
