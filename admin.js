const { asyncHandler } = require('./helpers');
const { sendWelcome } = require('./mail');
exports.updateOrder = asyncHandler(async (req, res) => {
  await sendWelcome(req.body.to);
  res.json({});
});
exports.b = asyncHandler(async (req, res) => { res.json({}); });
