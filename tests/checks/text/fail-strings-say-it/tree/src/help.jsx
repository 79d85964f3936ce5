export const Help = () => (
  <code>
    process.env.DATABASE_URL
  </code>
);
