-- What the migrations come to, for the tests of the application.
CREATE TABLE orders (id int PRIMARY KEY, customer text NOT NULL, cents bigint NOT NULL);
