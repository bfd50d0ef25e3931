-- AlterTable
ALTER TABLE "jobs" ADD COLUMN     "is_asked" BOOLEAN NOT NULL DEFAULT true;
