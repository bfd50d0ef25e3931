-- A short name for a turn: what the words of a question lead to is ranked by it, without carrying the texts around.
ALTER TABLE "memory_turns" ADD COLUMN "seq" BIGSERIAL NOT NULL;
