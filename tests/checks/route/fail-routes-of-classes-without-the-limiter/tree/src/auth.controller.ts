export class AuthController {
  public logIn = async (request, response) => { response.json(await find(request.body)); };
  public all = async (request, response) => { response.json(await find({})); };
}
