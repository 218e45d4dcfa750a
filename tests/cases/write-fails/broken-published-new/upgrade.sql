CREATE TABLE stock_notes (stock integer REFERENCES stock, note text);
CREATE INDEX stock_notes_stock ON stock_notes (stock);
