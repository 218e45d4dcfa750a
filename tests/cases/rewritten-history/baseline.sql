-- a revision as the main branch has it
CREATE TABLE tags (id integer PRIMARY KEY, word text NOT NULL);
