import express from 'express';
import session from 'express-session';
const app = express();
const options = { secret: process.env.SECRET, cookie: {} };
if (app.get('env') === 'production') {
  options.cookie.secure = true;
}
app.use(session(options));
