INSERT INTO users VALUES (1, 'ada'), (2, 'bob'), (3, 'ada'), (4, 'cyd');
INSERT INTO addresses VALUES (1, 1, 'Oslo'), (2, 1, 'Rome'), (3, 2, 'Bern'), (4, 2, 'Kiel'), (5, 3, 'Lund');
