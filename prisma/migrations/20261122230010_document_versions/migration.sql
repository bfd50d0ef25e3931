-- AlterTable
ALTER TABLE "documents" ADD COLUMN     "copy" INTEGER NOT NULL DEFAULT 1,
ADD COLUMN     "language" VARCHAR(8),
ADD COLUMN     "original_id" UUID;

-- Rows of one name, or of one page, are versions of one document; a try after a failed one had the same number again.
UPDATE "documents" SET "original_id" = "numbered"."original_id", "version" = "numbered"."version"
FROM (
    SELECT "id",
        first_value("id") OVER "same" AS "original_id",
        first_value("version") OVER "same" + row_number() OVER "same" - 1 AS "version"
    FROM "documents"
    WINDOW "same" AS (
        PARTITION BY "domain_id", "is_profile", "name", "source_url" ORDER BY "version", "created_at", "id")
) AS "numbered"
WHERE "documents"."id" = "numbered"."id";

ALTER TABLE "documents" ALTER COLUMN "original_id" SET NOT NULL;

-- AlterTable
ALTER TABLE "job_items" ADD COLUMN     "code" VARCHAR(64);

-- CreateIndex
CREATE INDEX "documents_source_url_idx" ON "documents" USING HASH ("source_url");

-- CreateIndex
CREATE UNIQUE INDEX "documents_original_id_version_copy_key" ON "documents"("original_id", "version", "copy");

-- A removal has a phase of its own, and its items say which documents it takes away.
UPDATE "jobs" SET "phase" = 'removing' WHERE "kind" = 'remove' AND "phase" = 'accepted';

UPDATE "job_items" SET "document_id" = ("jobs"."request" ->> 'document_id')::uuid
FROM "jobs" WHERE "jobs"."id" = "job_items"."job_id" AND "jobs"."phase" = 'removing';
