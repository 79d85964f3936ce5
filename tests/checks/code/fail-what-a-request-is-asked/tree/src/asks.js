exports.agent = (req) => req.get('user-agent');
exports.page = (url) => url.searchParams.get('page');
exports.own = (orders, id) => orders.find((order) => order.id === id);
