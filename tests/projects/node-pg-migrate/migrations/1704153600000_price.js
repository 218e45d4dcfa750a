exports.up = (pgm) => pgm.addColumn("items", { price: "numeric(10, 2)" });
exports.down = (pgm) => pgm.dropColumn("items", "price");
