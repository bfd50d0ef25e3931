-- Reading as one visitor: whoever takes this role sees the rows of the visitor named in the transaction, and no others,
-- whatever a statement forgets to ask for. Nobody logs in with it.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'parley_visitor') THEN
    CREATE ROLE parley_visitor NOLOGIN;
  END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  -- Roles are the server's: another database of it was migrated at the same moment.
  NULL;
END $$;

DO $$
BEGIN
  IF NOT pg_has_role(current_user, 'parley_visitor', 'MEMBER') THEN
    EXECUTE format('GRANT parley_visitor TO %I', current_user);
  END IF;
END $$;

GRANT SELECT ON "memory_turns", "memory_facts" TO parley_visitor;
ALTER TABLE "memory_turns" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "memory_facts" ENABLE ROW LEVEL SECURITY;

CREATE POLICY "of_the_visitor" ON "memory_turns" FOR SELECT TO parley_visitor USING (
  "domain_id" = nullif(current_setting('parley.domain_id', true), '')::uuid
  AND "user_id" = current_setting('parley.user_id', true));
CREATE POLICY "of_the_visitor" ON "memory_facts" FOR SELECT TO parley_visitor USING (
  "domain_id" = nullif(current_setting('parley.domain_id', true), '')::uuid
  AND "user_id" = current_setting('parley.user_id', true));
