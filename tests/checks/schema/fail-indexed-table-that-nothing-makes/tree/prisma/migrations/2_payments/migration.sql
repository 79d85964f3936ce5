CREATE TABLE "payments" ("id" TEXT NOT NULL, CONSTRAINT "payments_pkey" PRIMARY KEY ("id"));
CREATE INDEX "payments_id" ON "payments"("id");
