const Order = require('./order');
exports.place = async (data) => {
  if (data.title?.length > 80) throw new Error('the title is too long');
  return Order.create(data);
};
