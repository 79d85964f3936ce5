export async function register() {
  await import('./env');
}
