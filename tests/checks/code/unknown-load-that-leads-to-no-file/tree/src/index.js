import server from './built/router.js';
server.listen();
