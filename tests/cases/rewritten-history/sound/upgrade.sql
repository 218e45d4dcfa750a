-- the same revision: it works with the servers of the tests, too, and makes what it made
CREATE TABLE IF NOT EXISTS tags (id integer PRIMARY KEY, word text NOT NULL);
