ALTER TABLE "memory_erasures" ADD COLUMN "opted_out" BOOLEAN NOT NULL DEFAULT false;
