export async function POST(request) {
  await fetch("https://hooks.slack.com/services/1", { method: "POST", body: "forgot" });
  return Response.json({ ok: true });
}
