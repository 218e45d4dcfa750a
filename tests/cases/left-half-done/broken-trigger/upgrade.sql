ALTER TABLE logs DISABLE TRIGGER checked; UPDATE logs SET line = upper(line);
