-- $1: what the server says that it does not have. The extension that has it, if the server could
-- install that one; no row if none is known.
SELECT k.extension
FROM (VALUES
    ('"g(in|ist)_trgm_ops"|function (similarity|word_similarity|show_trgm)\(', 'pg_trgm'),
    ('type "hstore"|function hstore\(', 'hstore'),
    ('type "citext"', 'citext'),
    ('type "(vector|halfvec|sparsevec)"|"(hnsw|ivfflat)"', 'vector'),
    ('type "(ltree|lquery|ltxtquery)"', 'ltree'),
    ('type "(geometry|geography)"|function st_\w+\(', 'postgis'),
    ('type "(cube)"', 'cube'),
    ('type "(isbn|isbn13|ean13|issn)"', 'isn'),
    ('function uuid_generate_v\d\w*\(|function uuid_n(il|s_\w+)\(', 'uuid-ossp'),
    ('function (gen_salt|gen_random_bytes|crypt|digest|hmac|pgp_\w+)\(', 'pgcrypto'),
    ('function (earth_box|ll_to_earth|earth_distance)\(|type "earth"', 'earthdistance'),
    ('function unaccent\(|text search dictionary "unaccent"', 'unaccent'),
    ('function crosstab\w*\(', 'tablefunc'),
    ('function (levenshtein|soundex|metaphone|dmetaphone)\(', 'fuzzystrmatch'),
    ('function (create_hypertable|time_bucket)\(', 'timescaledb'),
    ('"gin__int_ops"|"gist__int_ops"', 'intarray'),
    ('has no default operator class for access method "gist"', 'btree_gist'),
    ('has no default operator class for access method "gin"', 'btree_gin')) k (words, extension)
JOIN pg_available_extensions a ON a.name = k.extension
WHERE $1 ~* k.words
LIMIT 1
