exports.setup = ({ app }) => {
  app.get('/health', (request, response) => response.json({}));
};
