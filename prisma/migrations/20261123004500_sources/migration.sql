-- AlterTable
ALTER TABLE "jobs" ADD COLUMN     "changes" JSONB,
ADD COLUMN     "source_id" UUID;

-- CreateTable
CREATE TABLE "sources" (
    "id" UUID NOT NULL,
    "domain_id" UUID NOT NULL,
    "kind" VARCHAR(8) NOT NULL,
    "url" TEXT NOT NULL,
    "state" VARCHAR(24) NOT NULL,
    "every_minutes" INTEGER NOT NULL,
    "depth_max" INTEGER NOT NULL,
    "pages_max" INTEGER NOT NULL,
    "include" TEXT[],
    "exclude" TEXT[],
    "chunk_size" INTEGER NOT NULL,
    "use_semantic" BOOLEAN NOT NULL,
    "next_run_at" TIMESTAMPTZ(3) NOT NULL,
    "lease_until" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sources_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "source_pages" (
    "source_id" UUID NOT NULL,
    "key" CHAR(32) NOT NULL,
    "name" TEXT NOT NULL,
    "job_id" UUID NOT NULL,
    "state" VARCHAR(8) NOT NULL,

    CONSTRAINT "source_pages_pkey" PRIMARY KEY ("source_id","key")
);

-- CreateIndex
CREATE INDEX "sources_domain_id_created_at_id_idx" ON "sources"("domain_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "sources_state_next_run_at_idx" ON "sources"("state", "next_run_at");

-- CreateIndex
CREATE INDEX "source_pages_source_id_state_idx" ON "source_pages"("source_id", "state");

-- CreateIndex
CREATE INDEX "jobs_source_id_created_at_idx" ON "jobs"("source_id", "created_at");

-- AddForeignKey
ALTER TABLE "source_pages" ADD CONSTRAINT "source_pages_source_id_fkey" FOREIGN KEY ("source_id") REFERENCES "sources"("id") ON DELETE CASCADE ON UPDATE CASCADE;
