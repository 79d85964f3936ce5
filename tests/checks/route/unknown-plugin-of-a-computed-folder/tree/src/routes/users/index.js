module.exports = async (app) => {
  app.post('/login', async (request) => sign(request.body));
};
