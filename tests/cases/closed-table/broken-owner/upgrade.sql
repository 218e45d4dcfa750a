CREATE TABLE payments (id integer PRIMARY KEY);
ALTER TABLE payments ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT ON payments TO rules_app;
ALTER TABLE payments OWNER TO rules_owner;
