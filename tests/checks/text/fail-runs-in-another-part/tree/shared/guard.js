export const verified = (request) => request.jwtVerify();
