export const list = (request, response) => response.json([]);
