CREATE OR REPLACE VIEW small_rooms AS SELECT id, house, size FROM rooms WHERE size < 10;
