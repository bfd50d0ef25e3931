-- AlterTable
ALTER TABLE "kb_attachments" ADD COLUMN     "causation_id" VARCHAR(64),
ADD COLUMN     "correlation_id" VARCHAR(64),
ADD COLUMN     "traceparent" VARCHAR(64);

-- AlterTable
ALTER TABLE "provisioning_sagas" ADD COLUMN     "causation_id" VARCHAR(64),
ADD COLUMN     "checked_at" TIMESTAMPTZ(3),
ADD COLUMN     "correlation_id" VARCHAR(64),
ADD COLUMN     "deploy_waited_ms" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "lost_agent_uuid" VARCHAR(64),
ADD COLUMN     "traceparent" VARCHAR(64);

-- CreateTable
CREATE TABLE "cloud_orphans" (
    "kind" VARCHAR(16) NOT NULL,
    "uuid" VARCHAR(64) NOT NULL,
    "name" TEXT NOT NULL,
    "agent_uuid" VARCHAR(64),
    "found_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "cloud_orphans_pkey" PRIMARY KEY ("kind","uuid")
);

-- Ready agents are compared with the cloud from now on, not all of them at once
UPDATE "provisioning_sagas" SET "next_at" = now() + random() * interval '1 hour' WHERE "state" = 'ready';
