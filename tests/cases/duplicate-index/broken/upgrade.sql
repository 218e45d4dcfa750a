CREATE INDEX cards_code ON cards (code);
