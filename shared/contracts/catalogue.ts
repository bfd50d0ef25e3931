import * as chat from './chat.ts';
import { deadLetterQueries } from './dead-letters.ts';
import * as knowledgeJobs from './knowledge-jobs.ts';
import * as knowledgeSnapshots from './knowledge-snapshots.ts';
import * as knowledgeSources from './knowledge-sources.ts';
import * as knowledge from './knowledge.ts';
import * as memory from './memory.ts';
import type { Command, Contract, Event } from './message.ts';
import * as provisioning from './provisioning.ts';

const isContract = (value: unknown): value is Contract =>
  typeof value === 'object' && value !== null && 'kind' in value && 'owner' in value && 'subject' in value;

/** Every message of the house, once. Streams, durables, docs/messages.md and tests are derived from this list. */
export const catalogue: readonly Contract[] = [
  provisioning,
  knowledge,
  knowledgeJobs,
  knowledgeSnapshots,
  knowledgeSources,
  chat,
  memory,
  ...Object.values(deadLetterQueries),
].flatMap((module) => Object.values<unknown>(module).filter(isContract));

export const commands: readonly Command[] = catalogue.filter((contract) => contract.kind === 'command');
export const events: readonly Event[] = catalogue.filter((contract) => contract.kind === 'event');
