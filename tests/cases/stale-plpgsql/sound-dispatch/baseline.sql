CREATE TABLE layers (layer_id integer PRIMARY KEY, layer_blob integer);
CREATE TABLE review (blob integer);
