exports.onRequestError = () => {};
