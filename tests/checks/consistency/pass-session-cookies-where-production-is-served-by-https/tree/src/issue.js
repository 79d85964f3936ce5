exports.issue = (body) => require('node:crypto').randomBytes(32).toString('hex') + body.id;
