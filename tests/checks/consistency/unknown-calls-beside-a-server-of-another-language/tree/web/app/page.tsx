import axios from "axios";
const API_URL = process.env.NEXT_PUBLIC_API_URL;
const api = axios.create({ baseURL: API_URL });
export default ({ id }) => {
  api.post("/auth/login", {});
  api.post("/auth/forgot-password", {});
  fetch(`${API_URL}/auth/login`);
  fetch(`/api/users/${id}`);
  fetch("https://api.example.org/v1/things");
  fetch(`${process.env.NEXT_PUBLIC_OTHER}/things`);
  return null;
};
