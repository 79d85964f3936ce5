exports.kept = async (order) => fetch('https://orders.example.com/', { method: 'POST', body: order });
exports.listed = async (page) => fetch('https://orders.example.com/?page=' + page);
