export const verify = async (request, response, next) => { await fetch("http://accounts", { body: request.body }); next(); };
