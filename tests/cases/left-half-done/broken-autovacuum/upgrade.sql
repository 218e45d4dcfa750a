ALTER TABLE logs SET (autovacuum_enabled = false); UPDATE logs SET line = upper(line);
