module.exports = (app) => app.post('/login', (request, response) => response.json({ user: find(request.body) }));
