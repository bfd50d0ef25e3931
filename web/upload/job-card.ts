import { make } from '../pages/dom.ts';
import { readJob, type Credentials, type Job, type Reply } from './knowledge-api.ts';
import { isOver, progressLine, stateOf } from './words.ts';

export interface JobCardOptions {
  readonly onCancel: (jobId: string) => Promise<Reply<unknown>>;
  /** Try again what failed in it. */
  readonly onRetry: (jobId: string) => void;
}

export interface JobCard {
  readonly node: HTMLElement;
  /** Share of the body that is sent, 0 to 1. */
  readonly showSent: (share: number) => void;
  readonly showFailure: (reason: string) => void;
  /** Follows the job to its end. */
  readonly follow: (jobId: string, credentials: Credentials) => Promise<void>;
}

const pollMs = 700;
const pollsMax = 3000;
const missesMax = 5;

/** One upload or crawl: from its first byte to its last passage. */
export const createJobCard = (name: string, { onCancel, onRetry }: JobCardOptions): JobCard => {
  const action = make('button', { class: 'quiet', type: 'button', hidden: '' });
  const line = make('p', { class: 'soft small' }, 'Sending');
  const bar = make('progress', { max: '1', value: '0', 'aria-label': name });
  const items = make('ul', { class: 'items', hidden: '', tabindex: '0' });
  const node = make(
    'li',
    { class: 'job panel' },
    make('div', { class: 'job-head' }, make('strong', { dir: 'auto' }, name), action),
    bar,
    line,
    items,
  );

  const showFailure = (reason: string): void => {
    node.classList.add('bad');
    line.textContent = reason;
  };
  const offer = (word: string, act: () => void): void => {
    action.hidden = false;
    action.textContent = word;
    action.setAttribute('aria-label', `${word}: ${name}`);
    action.onclick = () => {
      action.hidden = true;
      act();
    };
  };
  const cancel = async (jobId: string): Promise<void> => {
    const reply = await onCancel(jobId);
    if (!reply.ok) line.textContent = reply.reason;
  };
  const show = (job: Job): void => {
    if (job.phase === 'failed') {
      showFailure(job.error || progressLine(job));
    } else {
      line.textContent = progressLine(job);
      if (job.phase === 'done') bar.value = 1;
      else if (job.total > 1 && job.done > 0) bar.value = job.done / job.total;
      else bar.removeAttribute('value'); // one document: how far it is cannot be told, only that it goes on
    }
    items.hidden = job.items.length < 2;
    items.replaceChildren(...(job.items.length < 2 ? [] : job.items.map(itemRow)));
  };

  return {
    node,
    showSent: (share) => {
      bar.value = share;
      line.textContent =
        share < 1 ? `Sending, ${Math.round(share * 100).toString()} %` : 'Sent; the server is reading it';
    },
    showFailure,
    follow: async (jobId, credentials) => {
      offer('Cancel', () => void cancel(jobId));
      const ended = await readToEnd(jobId, credentials, { show, showTrouble: (reason) => (line.textContent = reason) });
      action.hidden = true;
      if (ended !== undefined && hasFailures(ended)) offer('Try again', () => onRetry(jobId));
    },
  };
};

/** Gives the job as it ended; nothing when it could not be read any more. */
const readToEnd = async (
  jobId: string,
  credentials: Credentials,
  { show, showTrouble }: { readonly show: (job: Job) => void; readonly showTrouble: (reason: string) => void },
): Promise<Job | undefined> => {
  let misses = 0;
  for (let poll = 0; poll < pollsMax && misses < missesMax; poll += 1) {
    const reply: Reply<Job> = await readJob(jobId, credentials);
    if (reply.ok) {
      misses = 0;
      show(reply.value);
      if (isOver(reply.value)) return reply.value;
    } else {
      misses += 1;
      showTrouble(reply.reason);
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  return undefined;
};

const hasFailures = ({ items }: Job): boolean => items.some(({ state }) => state === 'failed');

const itemRow = ({ name, state, reason }: Job['items'][number]): HTMLElement => {
  const row = make('li', {}, make('span', { title: name }, name), make('span', { class: 'soft' }, stateOf(state).word));
  if (reason !== '') row.append(make('span', { class: 'reason' }, reason));
  return row;
};
