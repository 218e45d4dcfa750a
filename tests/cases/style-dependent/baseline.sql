CREATE TABLE invoices (id integer PRIMARY KEY, due text NOT NULL);
