export function handle(event) {
  switch (event.type) {
    case 'payment_intent.succeeded':
      return true;
  }
}

process.on('message', handle);
