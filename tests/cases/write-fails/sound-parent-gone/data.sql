INSERT INTO makers (name) VALUES ('Ames'), ('Bahco');
INSERT INTO tools (maker_id) VALUES (1), (2);
