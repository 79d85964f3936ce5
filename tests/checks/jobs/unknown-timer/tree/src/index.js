setInterval(() => fetch("http://x"), 3_600_000);
