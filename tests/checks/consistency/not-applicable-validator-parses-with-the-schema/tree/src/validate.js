exports.validate = (schema) => (request, response, next) => {
  request.body = schema.parse(request.body);
  next();
};
