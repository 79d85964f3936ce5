export function health(app, path) { app.get('/health', (q, r) => r.send('ok')); }
