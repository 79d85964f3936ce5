import express from "express";
import mongoose from "mongoose";
const app = express();
app.get("/health", (request, response) => {
  const database = mongoose.connection.readyState === 1 ? "connected" : "disconnected";
  response.json({ status: "OK", database });
});
app.listen(3000);
