import { raw } from "../../../lib/raw";

export async function POST(request) {
  const answer = await raw(`${process.env.BACKEND_URL}/v1/forgot`, await request.text());
  return Response.json(answer);
}
