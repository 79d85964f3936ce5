import express from 'express';
import session from 'express-session';
const app = express();
app.use(session({ secret: process.env.SECRET }));
app.use((request, response, next) => {
  Object.assign(request, { cookies: taken(request.headers.cookie) });
  next();
});
app.get('/me', (request, response) => {
  const { token } = request.cookies;
  response.json(find(token));
});
// Where the header would do as well, or somebody asks first, nothing is said.
app.get('/header', (request, response) => response.json(find(request.headers.authorization || request.cookies.token)));
app.get('/asked', (request, response) => response.json(find(request.cookies?.theme)));
app.listen(3000);
