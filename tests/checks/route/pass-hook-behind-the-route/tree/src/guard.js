import { verify } from "jsonwebtoken";
export const guard = async (request) => { verify(request.headers.token, process.env.KEY); };
