-- CreateTable
CREATE TABLE "gradient_budgets" (
    "account" CHAR(32) NOT NULL,
    "minute_left" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "hour_left" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "counted_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "closed_until" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "gradient_budgets_pkey" PRIMARY KEY ("account")
);
