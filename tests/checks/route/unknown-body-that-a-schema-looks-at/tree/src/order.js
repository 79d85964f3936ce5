const mongoose = require('mongoose');
module.exports = mongoose.model('Order', new mongoose.Schema({ title: { type: String, maxlength: 80 } }));
