import express from 'express';
import session from 'express-session';
import cookies from 'cookie-parser';
const app = express();
app.use(cookies());
app.use(session({ secret: process.env.SECRET }));
app.get('/me', (request, response) => {
  const { token } = request.cookies;
  response.json(find(token));
});
// Where the header would do as well, or somebody asks first, nothing is said.
app.get('/header', (request, response) => response.json(find(request.headers.authorization || request.cookies.token)));
app.get('/asked', (request, response) => response.json(find(request.cookies?.theme)));
app.listen(3000);
