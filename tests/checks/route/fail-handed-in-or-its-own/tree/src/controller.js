class Accounts {
  async deleteAccount(id) {
    await fetch(`https://hooks.example.com/${id}`, { method: 'POST' });
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
