import express from "express";
import mongoose from "mongoose";
const app = express();
app.get("/health", (request, response) => {
  if (mongoose.connection.readyState !== 1) return response.status(503).json({ status: "down" });
  response.json({ status: "OK" });
});
app.listen(3000);
