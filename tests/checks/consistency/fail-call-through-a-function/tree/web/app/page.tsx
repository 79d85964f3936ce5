import { client, others } from "../lib/client";
import { api, apiRequest, orders, request } from "../lib/request";

export default ({ id }) => {
  orders.list();
  api.post("/orders", {});
  api.post(`/orders/${id}`, {});
  request("/orders");
  request("/orders", { method: "PATCH" });
  apiRequest("GET", `/api/users/${id}`);
  apiRequest("DELETE", `/api/users/${id}`);
  request(`/orders/${id}/lines`);
  client.get("/api/orders");
  client.get(`/api/users/${id}`);
  client.put(`/api/users/${id}`, {});
  client.get("/api/orders/new");
  others("/v1/things");
  others("/v1/others");
  return null;
};
