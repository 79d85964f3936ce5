import './src/env';
export default {};
