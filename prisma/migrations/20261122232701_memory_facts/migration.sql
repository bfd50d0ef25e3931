-- CreateTable
CREATE TABLE "memory_facts" (
    "id" UUID NOT NULL,
    "domain_id" UUID NOT NULL,
    "user_id" VARCHAR(200) NOT NULL,
    "turn_id" UUID,
    "kind" VARCHAR(16) NOT NULL,
    "key" VARCHAR(260) NOT NULL,
    "value" VARCHAR(260) NOT NULL,
    "is_single" BOOLEAN NOT NULL,
    "retracts" BOOLEAN NOT NULL,
    "start_at" INTEGER NOT NULL,
    "end_at" INTEGER NOT NULL,
    "said_at" TIMESTAMPTZ(3) NOT NULL,
    "expire_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "memory_facts_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "memory_facts_domain_id_user_id_idx" ON "memory_facts"("domain_id", "user_id");
CREATE INDEX "memory_facts_turn_id_idx" ON "memory_facts"("turn_id");
CREATE INDEX "memory_facts_expire_at_idx" ON "memory_facts"("expire_at");

-- AddForeignKey
ALTER TABLE "memory_facts" ADD CONSTRAINT "memory_facts_turn_id_fkey" FOREIGN KEY ("turn_id") REFERENCES "memory_turns"("id") ON DELETE CASCADE ON UPDATE NO ACTION;
