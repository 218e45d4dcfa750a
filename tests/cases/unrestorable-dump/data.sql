INSERT INTO areas VALUES (1, 'North '), (2, 'south');
INSERT INTO zones VALUES ('north'), ('south');
