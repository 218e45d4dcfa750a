CREATE TABLE payments (id serial PRIMARY KEY);
GRANT SELECT, INSERT ON payments TO rules_app;
