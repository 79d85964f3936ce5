export function complete(given) {
  given.expiresIn = '1h';
}
