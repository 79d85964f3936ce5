exports.up = (knex) => knex.schema.dropTable("users");
