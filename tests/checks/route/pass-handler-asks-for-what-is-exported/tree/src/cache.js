const client = {};
module.exports = { client, ping: async () => client.ok };
