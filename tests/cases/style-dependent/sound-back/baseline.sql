CREATE TABLE invoices (id integer PRIMARY KEY, due date NOT NULL);
