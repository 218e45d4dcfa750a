-- rows are lost, which is for other checks to say; a row may still be written
DELETE FROM makers WHERE id = 1;
