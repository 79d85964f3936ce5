export default () => {
  fetch("/api/auth/login", { method: "POST" });
  fetch("/api/orders/confirm-at-once", { method: "POST" });
  return null;
};
