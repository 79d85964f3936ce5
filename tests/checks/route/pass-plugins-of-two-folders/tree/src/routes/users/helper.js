module.exports = async (app) => {
  app.post('/hidden', async (request) => sign(request.body));
};
