import { listOf, numberOf, textOf, type Json } from '../http/json.ts';
import type { ServiceName } from './service-names.ts';

/** An event of the house, as `GET /domains/{id}/events` sends it. */
export interface HouseEvent {
  readonly id: string;
  readonly name: string;
  readonly occurredAt: string;
  readonly data: Json;
}

export interface Description {
  readonly text: string;
  /** Those who worked on it, in order: the last one is who tells of it. */
  readonly services: readonly ServiceName[];
  readonly mood: 'good' | 'bad';
  /** Progress of the same thing replaces what was said of it before. */
  readonly subject: string | undefined;
}

type Describe = (data: Json) => Partial<Description> & { readonly text: string };

const quoted = (value: unknown): string => `“${clipped(textOf(value), 80)}”`;

const clipped = (text: string, charsMax: number): string =>
  text.length > charsMax ? `${text.slice(0, charsMax - 1).trimEnd()}…` : text;

const by = (...services: ServiceName[]): { readonly services: readonly ServiceName[] } => ({ services });

const described: Readonly<Record<string, Describe>> = {
  DomainRegistered: (data) => ({
    text: `${textOf(data['domain_name'])} was registered.`,
    ...by('gateway', 'provisioning'),
  }),
  DomainUpdated: () => ({ text: 'The domain’s settings were changed.', ...by('gateway', 'provisioning') }),
  DomainRemoved: () => ({ text: 'The domain was removed, here and in the cloud.', ...by('provisioning') }),
  AgentCreated: () => ({ text: 'An agent was created in the cloud and is being deployed.', ...by('provisioning') }),
  AgentRunning: () => ({ text: 'The agent is running and takes questions.', ...by('provisioning') }),
  AgentFailed: (data) => ({
    text: `The agent could not be deployed. ${textOf(data['detail'])}`,
    ...by('provisioning'),
    mood: 'bad',
  }),
  KbCreated: () => ({ text: 'A knowledge base was created.', ...by('knowledge') }),
  KbIndexed: () => ({ text: 'The knowledge base can be searched.', ...by('knowledge') }),
  KbAttached: () => ({ text: 'The agent was given the knowledge base.', ...by('knowledge', 'provisioning') }),
  KbRefused: () => ({
    text: 'The agent could not be given the knowledge base.',
    ...by('provisioning'),
    mood: 'bad',
  }),
  KbDetached: () => ({ text: 'The knowledge base was taken from the agent.', ...by('provisioning') }),
  KbRetired: () => ({ text: 'The knowledge base is being removed.', ...by('knowledge') }),
  SnapshotCreated: (data) => ({
    text: `What the bot knows was named ${quoted(data['name'])}.`,
    ...by('gateway', 'knowledge'),
  }),
  RollbackStarted: (data) => ({
    text: `The bot’s knowledge is going back to ${quoted(data['name'])}.`,
    ...by('gateway', 'knowledge'),
  }),
  DocumentAccepted: (data) => ({
    text: `${quoted(data['name'])} was accepted.`,
    ...by('gateway', 'knowledge'),
    subject: textOf(data['document_id']),
  }),
  DocumentIndexed: (data) => ({
    text: `${quoted(data['name'])} was read, cut into passages and indexed.`,
    ...by('knowledge'),
    subject: textOf(data['document_id']),
  }),
  DocumentFailed: (data) => ({
    text: `${quoted(data['name'])} could not be indexed.`,
    ...by('knowledge'),
    mood: 'bad',
    subject: textOf(data['document_id']),
  }),
  DocumentRemoved: (data) => ({ text: `${quoted(data['name'])} was removed.`, ...by('knowledge') }),
  JobProgressed: (data) => ({
    text: jobText(textOf(data['phase']), numberOf(data['done']) ?? 0, numberOf(data['total']) ?? 0),
    ...by('knowledge'),
    subject: textOf(data['job_id']),
  }),
  CrawlProgressed: (data) => ({
    text: `Reading a website: ${String(numberOf(data['pages_done']) ?? 0)} of ${String(numberOf(data['pages_found']) ?? 0)} pages.`,
    ...by('knowledge'),
    subject: textOf(data['job_id']),
  }),
  SourceSynced: (data) => ({
    text: `${quoted(data['url'])} was looked through again.`,
    ...by('knowledge'),
    subject: textOf(data['source_id']),
  }),
  PagesVanished: (data) => ({
    text: `${String(numberOf(data['vanished']) ?? 0)} pages of ${quoted(data['url'])} vanished: may they go?`,
    ...by('knowledge'),
    mood: 'bad',
    subject: textOf(data['source_id']),
  }),
  SessionOpened: () => ({ text: 'A visitor opened a conversation.', ...by('gateway', 'chat') }),
  QuestionAnswered: (data) => ({
    text: `${quoted(data['question'])} ${answeredHow(data)}`,
    ...by('gateway', 'memory', 'knowledge', 'chat'),
  }),
  AnswerFailed: () => ({ text: 'A question could not be answered.', ...by('gateway', 'chat'), mood: 'bad' }),
  MemoryRecorded: () => ({ text: 'The turn was remembered for this visitor.', ...by('memory') }),
  UserForgotten: () => ({ text: 'All that was remembered of a visitor was deleted.', ...by('memory') }),
  FeedbackGiven: (data) => ({
    text: data['rating'] === 'up' ? 'A visitor found an answer helpful.' : 'A visitor found an answer wanting.',
    ...by('gateway', 'chat'),
  }),
};

/** Says an event to a person; an event this page does not know is named as it is. */
export const describeEvent = ({ name, data }: HouseEvent): Description => {
  const known = described[name]?.(data) ?? { text: `${name} happened.` };
  return { services: ['gateway'], mood: 'good', subject: undefined, ...known };
};

const answeredHow = ({ degraded, grounded }: Json): string => {
  if (listOf(degraded).includes('search_only')) return 'was answered from the documents alone: the agent was away.';
  return grounded === true ? 'was answered from the documents.' : 'is not in the documents, and the agent said so.';
};

const jobText = (phase: string, done: number, total: number): string => {
  const counts = total > 0 ? `: ${done.toString()} of ${total.toString()}` : '';
  if (phase === 'done') return `A job is done${counts}.`;
  if (phase === 'failed') return `A job failed${counts}.`;
  return `A job is ${phase}${counts}.`;
};
