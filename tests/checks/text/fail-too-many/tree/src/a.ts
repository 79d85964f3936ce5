// eslint-disable
// eslint-disable
