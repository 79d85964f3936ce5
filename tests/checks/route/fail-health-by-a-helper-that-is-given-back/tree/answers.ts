export const responses = {
  good: (body) => Response.json(body, { status: 200 }),
  unavailable: () => Response.json({}, { status: 503 }),
};
