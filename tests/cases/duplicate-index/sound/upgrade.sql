CREATE INDEX cards_code ON cards (lower(code)); CREATE INDEX cards_some ON cards (code) WHERE id > 4;
