exports.validate = (schema) => (request, response, next) => {
  if (schema.body) request.body = schema.body.parse(request.body);
  next();
};
