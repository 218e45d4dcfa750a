CREATE TABLE events (at timestamptz NOT NULL DEFAULT now(), line text) ;
