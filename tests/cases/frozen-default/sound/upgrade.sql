ALTER TABLE notes ADD COLUMN made timestamptz NOT NULL DEFAULT now(), ADD COLUMN expires date DEFAULT '9999-12-31', ADD COLUMN since timestamp DEFAULT '2001-01-01 00:00';
