function required(name: string) {
  const value = process.env[name];
  if (!value) throw new Error(name);
  return value;
}
export const env = { DATABASE_URL: required('DATABASE_URL') };
