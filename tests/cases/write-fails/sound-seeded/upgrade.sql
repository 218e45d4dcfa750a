INSERT INTO kinds VALUES (3, 'ax'), (4, 'd');
