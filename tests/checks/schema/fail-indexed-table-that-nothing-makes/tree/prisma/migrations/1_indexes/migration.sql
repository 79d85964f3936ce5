-- For the page of orders.
CREATE INDEX IF NOT EXISTS "orders_user" ON "orders"("userId");
