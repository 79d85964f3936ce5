const mongoose = require('mongoose');
const User = mongoose.model('User', new mongoose.Schema({ mail: String }));

const query = async (text, parameters = []) => {
  try {
    if (text.includes('FROM users')) {
      const users = await User.find({ mail: parameters[0] });
      return { rows: users };
    }
    return { rows: [] };
  } catch (error) {
    throw error;
  }
};

module.exports = { query };
