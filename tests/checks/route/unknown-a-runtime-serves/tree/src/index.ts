Bun.serve({ port: 3000, fetch: (request) => new Response(new URL(request.url).pathname) });
