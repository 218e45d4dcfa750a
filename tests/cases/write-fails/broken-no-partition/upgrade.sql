ALTER TABLE events RENAME TO events_old;
CREATE TABLE events (at timestamptz NOT NULL DEFAULT now(), line text) PARTITION BY RANGE (at);
ALTER TABLE events ATTACH PARTITION events_old FOR VALUES FROM ('2000-01-01') TO ('2025-01-01');
