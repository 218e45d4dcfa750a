module.exports = { client: "pg", connection: "postgres://localhost/shop", migrations: { directory: "./migrations" } };
