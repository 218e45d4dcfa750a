-- the same revision, edited in a branch
CREATE TABLE tags (id integer PRIMARY KEY, word text NOT NULL);
CREATE INDEX tags_word ON tags (word);
