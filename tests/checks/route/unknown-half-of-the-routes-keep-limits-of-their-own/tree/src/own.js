const seen = new Map();

const isThrottled = (address) => (seen.get(address) ?? 0) > 5;

module.exports = (req, res, next) => {
  seen.set(req.ip, (seen.get(req.ip) ?? 0) + 1);
  if (isThrottled(req.ip)) return res.status(503).end();
  next();
};
