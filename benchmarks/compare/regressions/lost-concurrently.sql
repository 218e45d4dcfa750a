-- what: An index is built without CONCURRENTLY, so that writers wait
-- suite: library
-- expect: regressed
-- by: counters
-- base
COMMIT;
CREATE INDEX CONCURRENTLY idx_books_title ON books (md5(title));
-- candidate
COMMIT;
CREATE INDEX idx_books_title ON books (md5(title));
