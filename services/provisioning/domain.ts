import type { DomainSettings, DomainState } from '../../shared/contracts/provisioning.ts';

/** What can happen to a domain's provisioning. SPEC.md says in words what each one means. */
export const signals = [
  'started',
  'agent_found',
  'configured',
  'key_made',
  'running',
  'agent_lost',
  'refused',
  'key_refused',
  'retried',
  'removal_asked',
] as const;
export type Signal = (typeof signals)[number];

const inertSignals = {
  started: 'same',
  agent_found: 'same',
  configured: 'same',
  key_made: 'same',
  running: 'same',
  agent_lost: 'same',
  refused: 'same',
  key_refused: 'same',
  retried: 'same',
  removal_asked: 'deleting',
} as const satisfies Record<Signal, DomainState | 'same'>;

/** Every state under every signal; `same` is a signal that came late or twice. SPEC.md shows the same table. */
export const transitions: Record<DomainState, Record<Signal, DomainState | 'same'>> = {
  registered: { ...inertSignals, started: 'creating_agent' },
  creating_agent: { ...inertSignals, agent_found: 'configuring_agent', refused: 'failed' },
  configuring_agent: {
    ...inertSignals,
    configured: 'creating_key',
    agent_lost: 'creating_agent',
    refused: 'failed',
  },
  creating_key: { ...inertSignals, key_made: 'waiting_running', agent_lost: 'creating_agent', refused: 'failed' },
  waiting_running: { ...inertSignals, running: 'ready', agent_lost: 'creating_agent', refused: 'failed' },
  ready: { ...inertSignals, agent_lost: 'creating_agent', key_refused: 'creating_key' },
  failed: { ...inertSignals, retried: 'creating_agent' },
  deleting: { ...inertSignals, removal_asked: 'same' },
};

/** Where `signal` leads from `state`; undefined when it leads nowhere. */
export const transition = (state: DomainState, signal: Signal): DomainState | undefined => {
  const next = transitions[state][signal];
  return next === 'same' ? undefined : next;
};

/** The states in which there is something to do or to check in the cloud: these rows are claimed. */
export const workingStates = [
  'registered',
  'creating_agent',
  'configuring_agent',
  'creating_key',
  'waiting_running',
  'ready',
  'deleting',
] as const satisfies readonly DomainState[];

/** How far a deployment is, 0 to 1, for people who wait. */
export const progressOf: Record<DomainState, number> = {
  registered: 0.05,
  creating_agent: 0.1,
  configuring_agent: 0.3,
  creating_key: 0.4,
  waiting_running: 0.5,
  ready: 1,
  failed: 0,
  deleting: 0,
};

/** What a deployment status means for us. A status this version does not know is one more to wait through. */
export const deploymentVerdict = (deployment: { readonly status: string; readonly url: string | null }) => {
  if (lostStatuses.has(deployment.status)) return 'lost';
  return deployment.status === 'STATUS_RUNNING' && deployment.url !== null ? 'running' : 'waiting';
};

const lostStatuses: ReadonlySet<string> = new Set(['STATUS_FAILED', 'STATUS_UNDEPLOYMENT_FAILED', 'STATUS_DELETED']);

/** Full jitter: anything up to `min(capMs, baseMs * 2^attempt)`. `chance` is 0 ≤ x < 1. */
export const backoffMs = (attempt: number, chance: number, { baseMs, capMs }: { baseMs: number; capMs: number }) =>
  Math.round(chance * Math.min(capMs, baseMs * 2 ** Math.min(attempt, 30)));

/** Polling slows down by half a step each time; at least half of the pause is kept, so that a poll is never a burst. */
export const pollMs = (attempt: number, chance: number, { minMs, maxMs }: { minMs: number; maxMs: number }): number =>
  Math.round(Math.min(maxMs, minMs * 1.5 ** Math.min(attempt, 30)) * (0.5 + chance / 2));

/**
 * The one name the agent of a domain has in the cloud, within the cloud's 32 characters. It ends in half of the domain id,
 * which no second installation and no later registration of the same website shares.
 */
export const agentNameOf = (prefix: string, domainId: string): string => `${prefix}-${agentMark(domainId)}`;

/** Whether an agent of this name is the domain's, whatever the prefix was when it was made. */
export const isAgentOf = (domainId: string, name: string): boolean => name.endsWith(`-${agentMark(domainId)}`);

const agentMark = (domainId: string): string => domainId.replaceAll('-', '').slice(0, 12);

/** The one name of the access key that this system holds for an agent. */
export const accessKeyName = 'parley';

/** The settings with what was sent laid over them; the look of the widget member by member. */
export const mergeSettings = (present: DomainSettings, sent: DomainSettings): DomainSettings => ({
  ...present,
  ...sent,
  ...(present.widget === undefined && sent.widget === undefined
    ? {}
    : { widget: { ...present.widget, ...sent.widget } }),
});
