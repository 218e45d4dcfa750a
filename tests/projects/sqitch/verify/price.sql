SELECT price FROM items WHERE false;
