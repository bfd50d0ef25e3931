-- AlterTable
ALTER TABLE "job_items" ADD COLUMN     "visit" JSONB;

-- AlterTable
ALTER TABLE "jobs" ADD COLUMN     "causation_id" VARCHAR(64),
ADD COLUMN     "correlation_id" VARCHAR(64),
ADD COLUMN     "traceparent" VARCHAR(64);

-- AlterTable
ALTER TABLE "knowledge_bases" ADD COLUMN     "causation_id" VARCHAR(64),
ADD COLUMN     "correlation_id" VARCHAR(64),
ADD COLUMN     "state_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
ADD COLUMN     "traceparent" VARCHAR(64);

-- CreateTable
CREATE TABLE "knowledge_removals" (
    "domain_id" UUID NOT NULL,
    "removed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "next_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "knowledge_removals_pkey" PRIMARY KEY ("domain_id")
);

-- CreateIndex
CREATE INDEX "knowledge_removals_next_at_idx" ON "knowledge_removals"("next_at");

-- CreateIndex
CREATE INDEX "documents_state_idx" ON "documents"("state");

-- Bases are compared with the cloud from now on, not all of them at once
UPDATE "knowledge_bases" SET "next_at" = now() + random() * interval '1 hour' WHERE "state" IN ('indexed', 'retiring');
