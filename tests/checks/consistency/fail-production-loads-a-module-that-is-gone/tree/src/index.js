const { a } = require('./a');
const later = () => require('./never');
console.log(a, later);
