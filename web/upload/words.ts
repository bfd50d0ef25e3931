import type { Job, KnownDocument } from './knowledge-api.ts';

const phaseWords: Readonly<Record<string, string>> = {
  accepted: 'Accepted',
  crawling: 'Reading pages',
  extracting: 'Reading the text',
  uploading: 'Sending it to the knowledge base',
  indexing: 'Indexing',
  attaching: 'Giving it to the agent',
  removing: 'Taking it out',
  done: 'Ready to be asked',
  failed: 'Failed',
  cancelled: 'Cancelled',
};

export const isOver = ({ phase }: Job): boolean => phase === 'done' || phase === 'failed' || phase === 'cancelled';

/** One line on where a job stands, with its numbers: "Reading pages, 4 of 12, about 9 s left". */
export const progressLine = (job: Job): string => {
  const failed = job.items.filter(({ state }) => state === 'failed').length;
  const parts = [phaseWords[job.phase] ?? job.phase];
  if (job.total > 1) parts.push(`${job.done.toString()} of ${job.total.toString()}`);
  if (failed > 0) parts.push(`${failed.toString()} left out`);
  if (!isOver(job) && job.etaSeconds !== undefined && job.etaSeconds > 0)
    parts.push(`about ${duration(job.etaSeconds)} left`);
  return parts.join(', ');
};

export type Mood = 'good' | 'busy' | 'bad';

const stateWords: Readonly<Record<string, readonly [string, Mood]>> = {
  accepted: ['Accepted', 'busy'],
  extracting: ['Reading', 'busy'],
  uploading: ['Sending', 'busy'],
  indexing: ['Indexing', 'busy'],
  indexed: ['Ready', 'good'],
  failed: ['Failed', 'bad'],
  removing: ['Removing', 'busy'],
  waiting: ['Waiting', 'busy'],
  fetching: ['Reading', 'busy'],
  done: ['Ready', 'good'],
  skipped: ['Left out', 'bad'],
  unchanged: ['Unchanged', 'good'],
  removed: ['Removed', 'good'],
  replaced: ['Replaced', 'good'],
};

export const stateOf = (state: string): { readonly word: string; readonly mood: Mood } => {
  const [word, mood] = stateWords[state] ?? [state.charAt(0).toUpperCase() + state.slice(1), 'busy'];
  return { word, mood };
};

const sourceWords: Readonly<Record<string, readonly [string, Mood]>> = {
  active: ['Kept up to date', 'good'],
  paused: ['Paused', 'busy'],
  needs_confirmation: ['Needs your word', 'bad'],
  removing: ['Removing', 'busy'],
};

/** What a kept website is doing. */
export const moodOfSource = ({ state, isRunning }: { readonly state: string; readonly isRunning: boolean }) => {
  const [word, mood] = isRunning ? (['Looking', 'busy'] as const) : (sourceWords[state] ?? [state, 'busy' as const]);
  return { word, mood };
};

/** "3 pages, 9 passages, 47 KB" */
export const factsOf = ({ pages, chunks, bytes }: KnownDocument): string =>
  [
    pages === undefined ? '' : countOf(pages, 'page'),
    chunks === undefined ? '' : countOf(chunks, 'passage'),
    bytes > 0 ? size(bytes) : '',
  ]
    .filter((part) => part !== '')
    .join(', ');

/** "1 page", "3 pages" */
export const countOf = (count: number, noun: string): string => `${count.toString()} ${noun}${count === 1 ? '' : 's'}`;

const size = (bytes: number): string => {
  if (bytes < 1024) return `${bytes.toString()} B`;
  if (bytes < 1024 ** 2) return `${Math.round(bytes / 1024).toString()} KB`;
  return `${(bytes / 1024 ** 2).toFixed(1)} MB`;
};

const duration = (seconds: number): string =>
  seconds < 90 ? `${Math.ceil(seconds).toString()} s` : `${Math.ceil(seconds / 60).toString()} min`;
