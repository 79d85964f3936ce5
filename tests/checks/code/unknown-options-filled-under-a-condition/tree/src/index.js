import jwt from 'jsonwebtoken';
export const link = (id, days) => {
  const options = {};
  if (days) options.expiresIn = `${days}d`;
  return jwt.sign({ id }, process.env.KEY, options);
};
console.log(link(1, process.env.DAYS));
