exports.validate = (schema) => async (request, response, next) => {
  try {
    request.body = (await schema.parseAsync({ body: request.body, query: request.query, params: request.params })).body;
    next();
  } catch (error) {
    next(error);
  }
};
