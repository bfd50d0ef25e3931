-- CreateTable
CREATE TABLE "user_sessions" (
    "session_id" UUID NOT NULL,
    "domain_id" UUID NOT NULL,
    "user_id" VARCHAR(200) NOT NULL,
    "website_url" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_activity" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "status" VARCHAR(16) NOT NULL DEFAULT 'active',

    CONSTRAINT "user_sessions_pkey" PRIMARY KEY ("session_id")
);

-- CreateTable
CREATE TABLE "conversation_history" (
    "id" UUID NOT NULL,
    "position" BIGSERIAL NOT NULL,
    "session_id" UUID NOT NULL,
    "domain_id" UUID NOT NULL,
    "user_id" VARCHAR(200) NOT NULL,
    "role" VARCHAR(16) NOT NULL,
    "content" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "client_message_id" VARCHAR(255),
    "status" VARCHAR(16) NOT NULL,
    "reply_to" UUID,
    "evidence" JSONB,
    "latency_ms" INTEGER,
    "tokens_in" INTEGER,
    "tokens_out" INTEGER,
    "failure_code" VARCHAR(64),

    CONSTRAINT "conversation_history_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "running_turns" (
    "session_id" UUID NOT NULL,
    "domain_id" UUID NOT NULL,
    "question_id" UUID NOT NULL,
    "token" UUID NOT NULL,
    "lease_until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "running_turns_pkey" PRIMARY KEY ("session_id")
);

-- CreateTable
CREATE TABLE "chat_removals" (
    "domain_id" UUID NOT NULL,
    "removed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "next_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "chat_removals_pkey" PRIMARY KEY ("domain_id")
);

-- CreateTable
CREATE TABLE "feedback" (
    "message_id" UUID NOT NULL,
    "domain_id" UUID NOT NULL,
    "session_id" UUID NOT NULL,
    "rating" VARCHAR(8) NOT NULL,
    "comment" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "feedback_pkey" PRIMARY KEY ("message_id")
);

-- CreateTable
CREATE TABLE "knowledge_bases" (
    "id" UUID NOT NULL,
    "domain_id" UUID NOT NULL,
    "website_key" CHAR(16) NOT NULL,
    "kb_uuid" VARCHAR(64),
    "website_url" TEXT NOT NULL,
    "kb_name" VARCHAR(63) NOT NULL,
    "database_id" VARCHAR(64),
    "state" VARCHAR(32) NOT NULL,
    "attached_at" TIMESTAMPTZ(3),
    "indexing_job_uuid" VARCHAR(64),
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "next_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lease_owner" VARCHAR(64),
    "lease_until" TIMESTAMPTZ(3),
    "intent_at" TIMESTAMPTZ(3),
    "failure_code" VARCHAR(64),
    "failure_detail" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "knowledge_bases_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "documents" (
    "id" UUID NOT NULL,
    "domain_id" UUID NOT NULL,
    "base_id" UUID,
    "job_id" UUID,
    "is_profile" BOOLEAN NOT NULL DEFAULT false,
    "name" TEXT NOT NULL,
    "filename" TEXT NOT NULL,
    "stored_name" VARCHAR(100) NOT NULL,
    "type" VARCHAR(16) NOT NULL,
    "state" VARCHAR(16) NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "hash" CHAR(64) NOT NULL,
    "bytes" INTEGER NOT NULL,
    "pages" INTEGER,
    "chunks" INTEGER,
    "source_url" TEXT,
    "website_url" TEXT,
    "chunk_size" INTEGER NOT NULL DEFAULT 1000,
    "use_semantic" BOOLEAN NOT NULL DEFAULT false,
    "text" TEXT NOT NULL,
    "object_key" TEXT,
    "data_source_uuid" VARCHAR(64),
    "error_code" VARCHAR(64),
    "error_message" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "indexed_at" TIMESTAMPTZ(3),

    CONSTRAINT "documents_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "jobs" (
    "id" UUID NOT NULL,
    "domain_id" UUID NOT NULL,
    "kind" VARCHAR(16) NOT NULL,
    "phase" VARCHAR(16) NOT NULL,
    "request" JSONB NOT NULL,
    "done" INTEGER NOT NULL DEFAULT 0,
    "total" INTEGER NOT NULL DEFAULT 0,
    "bytes" INTEGER NOT NULL DEFAULT 0,
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "next_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lease_owner" VARCHAR(64),
    "lease_until" TIMESTAMPTZ(3),
    "error_code" VARCHAR(64),
    "error_message" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "jobs_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "job_items" (
    "job_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "state" VARCHAR(16) NOT NULL,
    "reason" TEXT,
    "document_id" UUID,

    CONSTRAINT "job_items_pkey" PRIMARY KEY ("job_id","position")
);

-- CreateTable
CREATE TABLE "memory_turns" (
    "id" UUID NOT NULL,
    "domain_id" UUID NOT NULL,
    "user_id" VARCHAR(200) NOT NULL,
    "session_id" UUID NOT NULL,
    "message_id" UUID NOT NULL,
    "role" VARCHAR(16) NOT NULL,
    "body" TEXT NOT NULL,
    "pos" INTEGER NOT NULL,
    "said_at" TIMESTAMPTZ(3) NOT NULL,
    "tsv" tsvector NOT NULL,
    "length" INTEGER NOT NULL,

    CONSTRAINT "memory_turns_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "memory_accounts" (
    "domain_id" UUID NOT NULL,
    "sealed_key" TEXT NOT NULL,
    "salt" VARCHAR(64) NOT NULL,
    "status" VARCHAR(16) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "memory_accounts_pkey" PRIMARY KEY ("domain_id")
);

-- CreateTable
CREATE TABLE "memory_deliveries" (
    "id" UUID NOT NULL,
    "domain_id" UUID NOT NULL,
    "user_id" VARCHAR(200) NOT NULL,
    "session_id" UUID NOT NULL,
    "message_id" UUID NOT NULL,
    "question" TEXT NOT NULL,
    "answer" TEXT NOT NULL,
    "state" VARCHAR(16) NOT NULL,
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "next_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lease_owner" VARCHAR(64),
    "lease_until" TIMESTAMPTZ(3),
    "last_error" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "memory_deliveries_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "memory_erasures" (
    "domain_id" UUID NOT NULL,
    "user_hash" CHAR(64) NOT NULL,
    "erased_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "memory_erasures_pkey" PRIMARY KEY ("domain_id","user_hash")
);

-- CreateTable
CREATE TABLE "memory_removals" (
    "domain_id" UUID NOT NULL,
    "removed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "next_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "memory_removals_pkey" PRIMARY KEY ("domain_id")
);

-- CreateTable
CREATE TABLE "outbox" (
    "id" BIGSERIAL NOT NULL,
    "owner" VARCHAR(32) NOT NULL,
    "msg_id" UUID NOT NULL,
    "subject" VARCHAR(200) NOT NULL,
    "envelope" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "not_before" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "claimed_until" TIMESTAMPTZ(3),
    "sent_at" TIMESTAMPTZ(3),

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "inbox" (
    "consumer" VARCHAR(100) NOT NULL,
    "msg_id" UUID NOT NULL,
    "done" BOOLEAN NOT NULL DEFAULT true,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "inbox_pkey" PRIMARY KEY ("consumer","msg_id")
);

-- CreateTable
CREATE TABLE "idempotency_keys" (
    "owner" VARCHAR(32) NOT NULL,
    "scope" VARCHAR(200) NOT NULL,
    "key" VARCHAR(255) NOT NULL,
    "request_hash" CHAR(64) NOT NULL,
    "response" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY ("owner","scope","key")
);

-- CreateTable
CREATE TABLE "registered_domains" (
    "id" UUID NOT NULL,
    "domain_name" VARCHAR(253) NOT NULL,
    "website_key" CHAR(16) NOT NULL,
    "api_key" CHAR(64) NOT NULL,
    "previous_api_key" CHAR(64),
    "previous_api_key_valid_until" TIMESTAMPTZ(3),
    "settings" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "registered_domains_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "provisioning_sagas" (
    "domain_id" UUID NOT NULL,
    "state" VARCHAR(32) NOT NULL,
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "next_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lease_owner" VARCHAR(64),
    "lease_until" TIMESTAMPTZ(3),
    "intent_at" TIMESTAMPTZ(3),
    "waiting_since" TIMESTAMPTZ(3),
    "agent_uuid" VARCHAR(64),
    "deployment_status" VARCHAR(64),
    "recreated" BOOLEAN NOT NULL DEFAULT false,
    "failure_code" VARCHAR(64),
    "failure_detail" TEXT,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "provisioning_sagas_pkey" PRIMARY KEY ("domain_id")
);

-- CreateTable
CREATE TABLE "agents" (
    "website_key" CHAR(16) NOT NULL,
    "domain_id" UUID NOT NULL,
    "agent_uuid" VARCHAR(64) NOT NULL,
    "agent_url" TEXT,
    "agent_access_key" TEXT,
    "access_key_uuid" VARCHAR(64),
    "knowledge_base_uuids" TEXT[],
    "website_url" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "agents_pkey" PRIMARY KEY ("website_key")
);

-- CreateTable
CREATE TABLE "kb_attachments" (
    "domain_id" UUID NOT NULL,
    "kb_uuid" VARCHAR(64) NOT NULL,
    "state" VARCHAR(16) NOT NULL,
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "next_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lease_owner" VARCHAR(64),
    "lease_until" TIMESTAMPTZ(3),
    "last_error" TEXT,

    CONSTRAINT "kb_attachments_pkey" PRIMARY KEY ("domain_id","kb_uuid")
);

-- CreateIndex
CREATE INDEX "user_sessions_domain_id_created_at_session_id_idx" ON "user_sessions"("domain_id", "created_at", "session_id");

-- CreateIndex
CREATE INDEX "user_sessions_domain_id_user_id_idx" ON "user_sessions"("domain_id", "user_id");

-- CreateIndex
CREATE INDEX "user_sessions_status_idx" ON "user_sessions"("status");

-- CreateIndex
CREATE UNIQUE INDEX "conversation_history_position_key" ON "conversation_history"("position");

-- CreateIndex
CREATE UNIQUE INDEX "conversation_history_reply_to_key" ON "conversation_history"("reply_to");

-- CreateIndex
CREATE INDEX "conversation_history_session_id_position_idx" ON "conversation_history"("session_id", "position");

-- CreateIndex
CREATE UNIQUE INDEX "conversation_history_session_id_client_message_id_key" ON "conversation_history"("session_id", "client_message_id");

-- CreateIndex
CREATE INDEX "feedback_domain_id_created_at_idx" ON "feedback"("domain_id", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "knowledge_bases_kb_uuid_key" ON "knowledge_bases"("kb_uuid");

-- CreateIndex
CREATE UNIQUE INDEX "knowledge_bases_kb_name_key" ON "knowledge_bases"("kb_name");

-- CreateIndex
CREATE INDEX "knowledge_bases_domain_id_idx" ON "knowledge_bases"("domain_id");

-- CreateIndex
CREATE INDEX "knowledge_bases_state_next_at_idx" ON "knowledge_bases"("state", "next_at");

-- CreateIndex
CREATE INDEX "knowledge_bases_created_at_idx" ON "knowledge_bases"("created_at");

-- CreateIndex
CREATE UNIQUE INDEX "documents_stored_name_key" ON "documents"("stored_name");

-- CreateIndex
CREATE INDEX "documents_domain_id_created_at_id_idx" ON "documents"("domain_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "documents_domain_id_name_hash_idx" ON "documents"("domain_id", "name", "hash");

-- CreateIndex
CREATE INDEX "documents_base_id_idx" ON "documents"("base_id");

-- CreateIndex
CREATE INDEX "documents_job_id_idx" ON "documents"("job_id");

-- CreateIndex
CREATE INDEX "jobs_domain_id_created_at_idx" ON "jobs"("domain_id", "created_at");

-- CreateIndex
CREATE INDEX "jobs_phase_next_at_idx" ON "jobs"("phase", "next_at");

-- CreateIndex
CREATE INDEX "job_items_document_id_idx" ON "job_items"("document_id");

-- CreateIndex
CREATE INDEX "memory_turns_domain_id_user_id_said_at_idx" ON "memory_turns"("domain_id", "user_id", "said_at");

-- CreateIndex
CREATE UNIQUE INDEX "memory_turns_domain_id_message_id_role_key" ON "memory_turns"("domain_id", "message_id", "role");

-- CreateIndex
CREATE UNIQUE INDEX "memory_deliveries_message_id_key" ON "memory_deliveries"("message_id");

-- CreateIndex
CREATE INDEX "memory_deliveries_state_next_at_idx" ON "memory_deliveries"("state", "next_at");

-- CreateIndex
CREATE INDEX "memory_deliveries_domain_id_user_id_idx" ON "memory_deliveries"("domain_id", "user_id");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_msg_id_key" ON "outbox"("msg_id");

-- CreateIndex
CREATE INDEX "outbox_owner_sent_at_not_before_idx" ON "outbox"("owner", "sent_at", "not_before");

-- CreateIndex
CREATE INDEX "inbox_updated_at_idx" ON "inbox"("updated_at");

-- CreateIndex
CREATE INDEX "idempotency_keys_created_at_idx" ON "idempotency_keys"("created_at");

-- CreateIndex
CREATE UNIQUE INDEX "registered_domains_domain_name_key" ON "registered_domains"("domain_name");

-- CreateIndex
CREATE UNIQUE INDEX "registered_domains_api_key_key" ON "registered_domains"("api_key");

-- CreateIndex
CREATE UNIQUE INDEX "registered_domains_previous_api_key_key" ON "registered_domains"("previous_api_key");

-- CreateIndex
CREATE INDEX "registered_domains_created_at_id_idx" ON "registered_domains"("created_at", "id");

-- CreateIndex
CREATE INDEX "provisioning_sagas_next_at_idx" ON "provisioning_sagas"("next_at");

-- CreateIndex
CREATE UNIQUE INDEX "agents_domain_id_key" ON "agents"("domain_id");

-- CreateIndex
CREATE INDEX "agents_created_at_idx" ON "agents"("created_at");

-- CreateIndex
CREATE INDEX "kb_attachments_state_next_at_idx" ON "kb_attachments"("state", "next_at");

-- AddForeignKey
ALTER TABLE "conversation_history" ADD CONSTRAINT "conversation_history_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "user_sessions"("session_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "documents" ADD CONSTRAINT "documents_base_id_fkey" FOREIGN KEY ("base_id") REFERENCES "knowledge_bases"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "job_items" ADD CONSTRAINT "job_items_job_id_fkey" FOREIGN KEY ("job_id") REFERENCES "jobs"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "provisioning_sagas" ADD CONSTRAINT "provisioning_sagas_domain_id_fkey" FOREIGN KEY ("domain_id") REFERENCES "registered_domains"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "kb_attachments" ADD CONSTRAINT "kb_attachments_domain_id_fkey" FOREIGN KEY ("domain_id") REFERENCES "registered_domains"("id") ON DELETE CASCADE ON UPDATE CASCADE;
