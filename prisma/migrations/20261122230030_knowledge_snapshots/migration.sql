-- CreateTable
CREATE TABLE "knowledge_snapshots" (
    "id" UUID NOT NULL,
    "domain_id" UUID NOT NULL,
    "name" VARCHAR(100) NOT NULL,
    "documents" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "knowledge_snapshots_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "snapshot_versions" (
    "snapshot_id" UUID NOT NULL,
    "original_id" UUID NOT NULL,
    "version_id" UUID NOT NULL,

    CONSTRAINT "snapshot_versions_pkey" PRIMARY KEY ("snapshot_id","original_id")
);

-- CreateTable
CREATE TABLE "kept_versions" (
    "id" UUID NOT NULL,
    "domain_id" UUID NOT NULL,
    "original_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "filename" TEXT NOT NULL,
    "type" VARCHAR(16) NOT NULL,
    "version" INTEGER NOT NULL,
    "hash" CHAR(64) NOT NULL,
    "bytes" INTEGER NOT NULL,
    "pages" INTEGER,
    "chunks" INTEGER,
    "language" VARCHAR(8),
    "source_url" TEXT,
    "website_url" TEXT,
    "chunk_size" INTEGER NOT NULL,
    "use_semantic" BOOLEAN NOT NULL,
    "text" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "kept_versions_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "knowledge_snapshots_domain_id_name_key" ON "knowledge_snapshots"("domain_id", "name");

-- CreateIndex
CREATE INDEX "snapshot_versions_version_id_idx" ON "snapshot_versions"("version_id");

-- CreateIndex
CREATE INDEX "kept_versions_domain_id_idx" ON "kept_versions"("domain_id");

-- AddForeignKey
ALTER TABLE "snapshot_versions" ADD CONSTRAINT "snapshot_versions_snapshot_id_fkey" FOREIGN KEY ("snapshot_id") REFERENCES "knowledge_snapshots"("id") ON DELETE CASCADE ON UPDATE CASCADE;
