export function need(name) {
  const value = process.env[name];
  if (!value) throw new Error(name);
  return value;
}
