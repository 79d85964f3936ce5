const express = require('express');
const { Pool } = require('pg');
let client;
require('kit').made((made) => { client = made; });
class Store {
  constructor(db) { this.db = db; }
  ping() { return this.db.query('SELECT 1'); }
}
class Service {
  constructor(store) { this.store = store; }
  ok() { return this.store.ping(); }
}
class Controller {
  constructor({ service }) { this.service = service; this.health = this.health.bind(this); }
  async health(request, response) { await this.service.ok(); response.json({}); }
}
const controller = new Controller({ service: new Service(new Store(client)) });
const app = express();
app.get('/health', controller.health);
app.listen(3000);
