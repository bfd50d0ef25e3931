-- AlterTable
ALTER TABLE "inbox" ADD COLUMN     "started_by" UUID,
ADD COLUMN     "starts" INTEGER NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "dead_letters" (
    "id" UUID NOT NULL,
    "owner" VARCHAR(32) NOT NULL,
    "consumer" VARCHAR(100) NOT NULL,
    "msg_key" VARCHAR(64) NOT NULL,
    "is_readable" BOOLEAN NOT NULL,
    "domain_id" UUID,
    "subject" VARCHAR(256) NOT NULL,
    "message" TEXT NOT NULL,
    "reason" VARCHAR(512) NOT NULL,
    "attempts" INTEGER NOT NULL,
    "state" VARCHAR(16) NOT NULL DEFAULT 'dead',
    "lease_until" TIMESTAMPTZ(3),
    "buried_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "dead_letters_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "dead_letters_owner_buried_at_id_idx" ON "dead_letters"("owner", "buried_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "dead_letters_consumer_msg_key_key" ON "dead_letters"("consumer", "msg_key");
