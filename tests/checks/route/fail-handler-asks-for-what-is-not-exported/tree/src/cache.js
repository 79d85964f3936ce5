const client = {};
module.exports = { client, get: (key) => client[key] };
