import { wrapped } from "../../../lib/wrapped";

const API = process.env.BACKEND_URL;

export async function POST(request) {
  return wrapped(async () => {
    const answer = await fetch(`${API}/v1/forgot`, { method: "POST", body: await request.text() });
    return Response.json(await answer.json(), { status: answer.status });
  });
}
