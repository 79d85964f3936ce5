export async function POST(req: Request) { return Response.json({a: await req.json()}); }
