SELECT id, name FROM items WHERE false;
