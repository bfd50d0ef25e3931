-- AlterTable
ALTER TABLE "jobs" ADD COLUMN     "is_cut" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "spent_ms" INTEGER NOT NULL DEFAULT 0;

-- AlterTable: crawls that are under way start over, they have no list to go on with.
ALTER TABLE "job_items" DROP COLUMN "visit",
ADD COLUMN     "alias" CHAR(32),
ADD COLUMN     "change" VARCHAR(12),
ADD COLUMN     "depth" INTEGER,
ADD COLUMN     "hash" CHAR(64),
ADD COLUMN     "key" CHAR(32),
ADD COLUMN     "kind" VARCHAR(8),
ADD COLUMN     "tries" INTEGER NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "web_pages" (
    "domain_id" UUID NOT NULL,
    "key" CHAR(32) NOT NULL,
    "name" TEXT NOT NULL,
    "etag" VARCHAR(256),
    "last_modified" VARCHAR(64),
    "hash" CHAR(64),
    "links" TEXT,
    "reader" INTEGER NOT NULL,
    "read_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "web_pages_pkey" PRIMARY KEY ("domain_id","key")
);

-- CreateIndex
CREATE UNIQUE INDEX "job_items_job_id_key_key" ON "job_items"("job_id", "key");

-- CreateIndex
CREATE INDEX "job_items_job_id_alias_idx" ON "job_items"("job_id", "alias");

-- CreateIndex
CREATE INDEX "job_items_job_id_hash_idx" ON "job_items"("job_id", "hash");

-- CreateIndex
CREATE INDEX "job_items_job_id_state_depth_position_idx" ON "job_items"("job_id", "state", "depth", "position");
