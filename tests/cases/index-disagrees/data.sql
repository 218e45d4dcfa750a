INSERT INTO towns VALUES (1, 'Lyon'), (2, 'Saint Malo');
