module.exports = async (app) => {
  app.post('/login', async (request) => sign(request.body));
};
module.exports.autoPrefix = '/v1';
