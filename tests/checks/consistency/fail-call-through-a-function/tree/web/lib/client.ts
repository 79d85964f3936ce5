class Client {
  constructor(private base: string) {}

  private async send(endpoint: string, config: RequestInit) {
    return fetch(`${this.base}${endpoint}`, config);
  }

  get(endpoint: string) {
    return this.send(endpoint, { method: "GET" });
  }

  put(endpoint: string, body: unknown) {
    return this.send(endpoint, { method: "PUT", body: JSON.stringify(body) });
  }
}

export const client = new Client("https://here.example.org");
export const others = async (path: string) => fetch(`https://api.example.org${path}`);
