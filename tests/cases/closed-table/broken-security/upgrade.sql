CREATE TABLE payments (id integer PRIMARY KEY);
GRANT SELECT, INSERT ON payments TO rules_app;
