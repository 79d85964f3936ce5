const mail = require('./mail');
const { payments } = require('./payments');

mail.send({ to: 'a@example.com' });
payments.client.charges.create({ amount: 100 });
