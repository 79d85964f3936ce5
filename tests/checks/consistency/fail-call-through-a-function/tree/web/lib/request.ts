const API_URL = process.env.NEXT_PUBLIC_API_URL;

export async function request(path: string, options: RequestInit = {}) {
  const url = path.startsWith("http") ? path : `${API_URL}/api${path}`;
  const response = await fetch(url, { ...options, headers: { "content-type": "application/json" } });
  return response.json();
}

export const api = {
  get: (path: string) => request(path),
  post: (path: string, body: unknown) => request(path, { method: "POST", body: JSON.stringify(body) }),
};

export const apiRequest = (method: string, url: string, body?: unknown) => fetch(url, { method, body: JSON.stringify(body) });

export const orders = {
  list: () => api.get("/orders"),
  forget: () => request("/orders/forgotten", { method: "DELETE" }),
};
