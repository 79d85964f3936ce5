export function secured(response) {
  response.headers.set('X-Frame-Options', 'DENY');
  return response;
}
