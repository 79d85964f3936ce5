import jwt from 'jsonwebtoken';
const options = { algorithm: 'HS256' };
options.expiresIn = '1h';
console.log(jwt.sign({ a: 1 }, process.env.KEY, options));
