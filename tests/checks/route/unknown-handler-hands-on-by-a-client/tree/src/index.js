const express = require("express");
const axios = require("axios");
const backend = axios.create({ baseURL: process.env.BACKEND_URL });
const app = express();
app.post("/forgot", async (request, response) => {
  const { data } = await backend.post("/v1/forgot", request.body);
  response.json(data);
});
app.listen(3000);
