export async function GET() { return fetch('https://orders.example'); }
