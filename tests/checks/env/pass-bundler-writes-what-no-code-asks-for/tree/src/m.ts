document.body.textContent = process.env.APP_URL;
