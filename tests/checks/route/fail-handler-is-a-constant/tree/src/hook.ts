export const hook = async (q, r) => {
  console.log('webhook');
  return r.json({ success: true });
};
