class Accounts {
  async deleteAccount(id) {
    await fetch(`http://accounts/${id}`, { method: 'POST' });
  }
}
class Controller {
  constructor(accounts) {
    this.accounts = accounts || new Accounts();
  }
  remove = async (request, response) => {
    await this.accounts.deleteAccount(request.user.id);
    response.sendStatus(204);
  };
}
module.exports = { Controller };
