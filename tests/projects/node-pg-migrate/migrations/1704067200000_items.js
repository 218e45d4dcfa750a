exports.up = (pgm) => pgm.createTable("items", { id: "id", name: { type: "text", notNull: true } });
exports.down = (pgm) => pgm.dropTable("items");
