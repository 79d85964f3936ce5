export function wrapped(handler) {
  return handler();
}
