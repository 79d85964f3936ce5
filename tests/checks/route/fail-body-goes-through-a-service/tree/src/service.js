const Order = require('./order');
exports.place = async (data) => {
  const order = new Order(data);
  return order.save();
};
