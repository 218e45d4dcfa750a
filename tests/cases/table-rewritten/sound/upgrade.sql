-- a default is kept apart from the rows, even one that is computed once
ALTER TABLE prices ADD COLUMN seen timestamptz NOT NULL DEFAULT now(), ADD COLUMN currency text NOT NULL DEFAULT 'EUR';
