CREATE TABLE stock_notes (id integer PRIMARY KEY, stock integer REFERENCES stock, note text);
CREATE INDEX stock_notes_stock ON stock_notes (stock);
