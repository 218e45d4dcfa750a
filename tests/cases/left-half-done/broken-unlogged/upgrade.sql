ALTER TABLE logs SET UNLOGGED; UPDATE logs SET line = upper(line);
