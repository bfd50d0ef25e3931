import { z } from 'zod';
import { domainRef, idempotency, moment, nothing, pageInput, pageOutput, sha256Hex, text } from './common.ts';
import { command, event, operationalQuery, query } from './message.ts';
import { orphanList, orphanRef } from './orphans.ts';

/** Where a domain's provisioning stands; the transitions are in services/provisioning/SPEC.md. */
export const domainStates = [
  'registered',
  'creating_agent',
  'configuring_agent',
  'creating_key',
  'waiting_running',
  'ready',
  'failed',
  'deleting',
] as const;
export const domainState = z.enum(domainStates);
export type DomainState = z.infer<typeof domainState>;

/** What the owner may set; absent members stay as they are. */
export const domainSettings = z
  .strictObject({
    allowed_origins: z.array(z.url().max(300)).max(50),
    widget: z
      .strictObject({
        title: text(80),
        primary_color: z.string().regex(/^#[0-9a-fA-F]{6}$/),
        welcome_message: text(500),
      })
      .partial(),
    suggested_questions: z.array(text(200)).max(6),
  })
  .partial();
export type DomainSettings = z.infer<typeof domainSettings>;

/** What the rest of the house may know of a domain: no secret and no hash. */
export const domainView = z.object({
  domain_id: z.uuid(),
  domain_name: z.string(),
  website_key: z.string(),
  state: domainState,
  settings: domainSettings,
  agent_uuid: z.string().nullable(),
  failure: z.object({ code: z.string(), detail: z.string() }).nullable(),
  created_at: moment,
  updated_at: moment,
});
export type DomainView = z.infer<typeof domainView>;

/** `existing_domain` travels as an extension of the `domain_taken` failure. */
export const registerDomain = query(
  'provisioning',
  'register-domain',
  z.object({ domain_name: text(300), settings: domainSettings.optional(), idempotency: idempotency.optional() }),
  z.object({ domain: domainView, api_key: z.string() }),
);

export const getDomain = query('provisioning', 'get-domain', domainRef, z.object({ domain: domainView }));

export const listDomains = query(
  'provisioning',
  'list-domains',
  pageInput,
  z.object({ domains: z.array(domainView), ...pageOutput }),
);

export const updateDomain = query(
  'provisioning',
  'update-domain',
  domainRef.extend({ settings: domainSettings }),
  z.object({ domain: domainView }),
);

/** Answers when the removal is recorded; the cloud is cleared in the background and `DomainRemoved` tells the end. */
export const removeDomain = query('provisioning', 'remove-domain', domainRef, z.object({ domain: domainView }));

export const retryDomain = query('provisioning', 'retry-domain', domainRef, z.object({ domain: domainView }));

/** The old key stays valid until `previous_valid_until`. */
export const rotateApiKey = query(
  'provisioning',
  'rotate-api-key',
  domainRef.extend({ idempotency: idempotency.optional() }),
  z.object({ api_key: z.string(), previous_valid_until: moment }),
);

/** `api_key_hash` is the hex SHA-256 of the key; throws `credential_invalid`. */
export const authenticateKey = query(
  'provisioning',
  'authenticate-key',
  z.object({ api_key_hash: sha256Hex }),
  z.object({ domain: domainView }),
);

export const agentView = z.object({
  website_key: z.string(),
  agent_uuid: z.string(),
  website_url: z.string(),
  agent_url: z.string().nullable(),
  has_access_key: z.boolean(),
  deployment_status: z.string(),
  created_at: moment,
  knowledge_base_uuids: z.array(z.string()),
});
/** Without `domain_id`: those of all domains. */
export const listAgents = operationalQuery(
  'provisioning',
  'list-agents',
  pageInput.extend({ domain_id: z.uuid().optional() }),
  z.object({ agents: z.array(agentView), ...pageOutput }),
);

/**
 * The endpoint and its key, for the chat service alone; they live in its memory and never in an event.
 * `stale_key` names the key that the endpoint refused: a new one is made, once.
 * Throws `agent_deploying` (with `retryAfterMs` and `deployment_state`) or `agent_failed`.
 */
export const getAgentAccess = query(
  'provisioning',
  'get-agent-access',
  domainRef.extend({ stale_key_hash: sha256Hex.optional() }),
  z.object({
    agent_uuid: z.string(),
    endpoint: z.url(),
    access_key: z.string(),
    knowledge_base_uuids: z.array(z.string()),
  }),
);

/** Counts for `/health`, and what of the cloud is out of order, in words. */
export const countDomains = operationalQuery(
  'provisioning',
  'count-domains',
  nothing,
  z.object({ domains: z.number(), active_agents: z.number(), cloud_trouble: z.array(z.string()).readonly() }),
);

/** Has a ready agent compared with the cloud soon: its endpoint says that it is gone. Nothing happens to any other. */
export const checkAgent = query('provisioning', 'check-agent', domainRef, nothing);

/** Agents and keys of ours in the cloud that belong to nobody here. */
export const listOrphans = operationalQuery('provisioning', 'list-orphans', nothing, orphanList);
/** After another look. Throws `not_found` for what is no known orphan and `conflict` for what somebody has a claim to. */
export const deleteOrphan = operationalQuery('provisioning', 'delete-orphan', orphanRef, nothing);

/** Wakes the saga of one domain; the row says what is to be done. */
export const advanceDomain = command('provisioning', 'AdvanceDomain', nothing);

export const domainRegistered = event(
  'provisioning',
  'DomainRegistered',
  z.object({ domain_name: z.string(), website_key: z.string() }),
);
export const domainUpdated = event('provisioning', 'DomainUpdated', z.object({ changed: z.array(z.string()) }));
export const agentCreated = event('provisioning', 'AgentCreated', z.object({ agent_uuid: z.string() }));
export const agentRunning = event(
  'provisioning',
  'AgentRunning',
  z.object({ agent_uuid: z.string(), agent_url: z.string() }),
);
export const agentFailed = event('provisioning', 'AgentFailed', z.object({ code: z.string(), detail: z.string() }));
export const kbAttached = event(
  'provisioning',
  'KbAttached',
  z.object({ agent_uuid: z.string(), kb_uuid: z.string() }),
);
/** The cloud refused the base to the agent until we gave up; a retry of the domain tries again. */
export const kbRefused = event(
  'provisioning',
  'KbRefused',
  z.object({ kb_uuid: z.string(), error: z.object({ code: z.string(), message: z.string() }) }),
);
export const kbDetached = event('provisioning', 'KbDetached', z.object({ kb_uuid: z.string() }));
/** The domain and its agent are gone here and in the cloud; the others remove what is theirs. */
export const domainRemoved = event('provisioning', 'DomainRemoved', z.object({ website_key: z.string() }));
