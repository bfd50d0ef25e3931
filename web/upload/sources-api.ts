import { listOf, numberOf, objectOf, textOf, type Json } from '../http/json.ts';
import { acceptedIn, call, type Accepted, type Credentials, type Reply } from './knowledge-api.ts';

/** A website that is kept in what the agent knows. */
export interface Source {
  readonly id: string;
  readonly url: string;
  readonly state: string;
  readonly everyMinutes: number;
  readonly pages: number;
  readonly nextRunAt: string;
  /** Of its last run, once all pages were looked at. */
  readonly changes: Changes | undefined;
  readonly isRunning: boolean;
  readonly error: string;
}

export interface Changes {
  readonly added: number;
  readonly changed: number;
  readonly pruned: number;
  readonly vanished: number;
  readonly failed: number;
}

const path = '/knowledge/sources';
const pathOf = (id: string): string => `${path}/${encodeURIComponent(id)}`;

export const addSource = (
  source: { readonly url: string; readonly schedule: string; readonly max_depth: number; readonly max_pages: number },
  credentials: Credentials,
): Promise<Reply<Json>> => call('POST', path, credentials, source);

export const readSources = async (credentials: Credentials): Promise<Reply<readonly Source[]>> => {
  const reply = await call('GET', `${path}?limit=50`, credentials);
  return reply.ok ? { ok: true, value: listOf(reply.value['sources']).map(objectOf).map(sourceOf) } : reply;
};

export const runSource = async (id: string, credentials: Credentials): Promise<Reply<Accepted>> =>
  acceptedIn(await call('POST', `${pathOf(id)}/run`, credentials));

/** `confirm` lets the pages that vanished go, `refuse` keeps them. */
export const tellSource = (
  id: string,
  word: 'pause' | 'resume' | 'confirm' | 'refuse',
  credentials: Credentials,
): Promise<Reply<Json>> => call('POST', `${pathOf(id)}/${word}`, credentials);

/** With its pages. */
export const removeSource = (id: string, credentials: Credentials): Promise<Reply<Json>> =>
  call('DELETE', pathOf(id), credentials);

const overPhases = new Set(['done', 'failed', 'cancelled', '']);

export const sourceOf = (fields: Json): Source => {
  const run = objectOf(fields['last_run']);
  return {
    id: textOf(fields['id']),
    url: textOf(fields['url']),
    state: textOf(fields['state']),
    everyMinutes: numberOf(fields['every_minutes']) ?? 0,
    pages: numberOf(fields['pages']) ?? 0,
    nextRunAt: textOf(fields['next_run_at']),
    changes: run['changes'] === null || run['changes'] === undefined ? undefined : changesOf(objectOf(run['changes'])),
    isRunning: !overPhases.has(textOf(run['phase'])),
    error: textOf(objectOf(run['error'])['message']),
  };
};

const changesOf = (fields: Json): Changes => ({
  added: numberOf(fields['added']) ?? 0,
  changed: numberOf(fields['changed']) ?? 0,
  pruned: numberOf(fields['pruned']) ?? 0,
  vanished: numberOf(fields['vanished']) ?? 0,
  failed: numberOf(fields['failed']) ?? 0,
});
