Usage: types [options]
  --help `
