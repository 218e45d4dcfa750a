exports.up = (knex) => knex.schema.createTable("items", (t) => { t.increments("id"); t.text("name").notNullable(); });
exports.down = (knex) => knex.schema.dropTable("items");
