const API_URL = process.env.NEXT_PUBLIC_API_URL || "http://localhost:3000/api";
export default ({ id }) => {
  fetch(`${API_URL}/users/${id}`);
  fetch(API_URL + "/auth/login", { method: "POST" });
  return null;
};
