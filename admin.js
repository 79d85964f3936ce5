const Order = require('./order');
const { asyncHandler } = require('./helpers');
const { sendWelcome } = require('./mail');
exports.updateOrder = asyncHandler(async (req, res) => {
  const order = await Order.findById(req.params.id).populate('user');
  if (!order) { return res.status(404).json({}); }
  await sendWelcome(order, order.user);
  res.json({});
});
