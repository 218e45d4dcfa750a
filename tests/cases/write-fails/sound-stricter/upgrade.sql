-- new constraints may refuse what the old schema took
DELETE FROM parts WHERE qty = 3;
ALTER TABLE parts ADD CONSTRAINT enough CHECK (qty > 3);
CREATE UNIQUE INDEX parts_qty ON parts (qty);
