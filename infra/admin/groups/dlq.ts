import { setTimeout as delay } from 'node:timers/promises';
import type { z } from 'zod';
import {
  deadLetterAnswer,
  deadLetterDetailAnswer,
  listDeadLettersAnswer,
} from '../../../shared/contracts/http/dead-letters.ts';
import type { AdminClient } from '../client.ts';
import { AdminError, type Command, type CommandGroup, type CommandInput } from '../command.ts';
import { columns } from '../table.ts';

type Letter = z.output<typeof deadLetterAnswer>;

const pageSize = 100;
const replayMsMax = 60_000;
const replayPollMs = 500;

const list: Command = {
  name: 'list',
  usage: '[--owner <service>] [--domain <id>] [--all]',
  summary: 'the newest, without what they say; --all lists every one',
  options: ['owner', 'domain'],
  flags: ['all'],
  run: async (client, input) => {
    const { letters, total, unavailable } = await find(client, input, input.flags.has('all'));
    const missing = unavailable.length === 0 ? [] : [`Did not answer: ${unavailable.join(', ')}. Theirs are missing.`];
    const rest = total > letters.length ? [`${total - letters.length} more: --all`] : [];
    const shown = letters.length === 0 ? 'No dead letters.' : tableOf(letters);
    return { text: [shown, ...rest, ...missing].join('\n'), json: letters, isDone: unavailable.length === 0 };
  },
};

const show: Command = {
  name: 'show',
  usage: '<id>',
  summary: 'one with its message, which may hold what a visitor said',
  run: async (client, { words }) => {
    const [id] = words;
    if (id === undefined || words.length > 1) throw new AdminError('Give one id: dlq show <id>', { isUsage: true });
    const letter = await client.send('GET', pathOf(id), deadLetterDetailAnswer);
    return {
      text: columns(Object.entries(letter).map(([name, value]) => [name, String(value)])),
      json: letter,
      isDone: true,
    };
  },
};

const replay: Command = {
  name: 'replay',
  usage: '<id>… | --all',
  summary: 'has them handled again and waits for the outcome',
  flags: ['all'],
  run: (client, input) =>
    forEach(client, input, async (id) => {
      await client.send('POST', `${pathOf(id)}/replay`, deadLetterAnswer);
      return outcomeOf(client, id);
    }),
};

const discard: Command = {
  name: 'discard',
  usage: '<id>… | --all',
  summary: 'deletes them for good',
  flags: ['all'],
  run: (client, input) =>
    forEach(client, input, async (id) => {
      await client.send('DELETE', pathOf(id), deadLetterAnswer);
      return { isDone: true, words: 'discarded' };
    }),
};

/** Messages that were given up. */
export const dlq: CommandGroup = {
  name: 'dlq',
  summary: 'dead letters, the messages that could not be handled',
  commands: [list, show, replay, discard],
};

interface Outcome {
  readonly isDone: boolean;
  readonly words: string;
}

/** Does `act` to the named letters or all there are now, one by one; one that fails does not keep the others. */
const forEach = async (client: AdminClient, input: CommandInput, act: (id: string) => Promise<Outcome>) => {
  const ids = input.flags.has('all') ? (await find(client, input, true)).letters.map(({ id }) => id) : input.words;
  if (ids.length === 0 && !input.flags.has('all')) throw new AdminError('Give ids, or --all', { isUsage: true });
  const outcomes: (Outcome & { readonly id: string })[] = [];
  for (const id of ids) {
    const outcome = await act(id).catch((thrown: unknown) => {
      if (thrown instanceof AdminError) return { isDone: false, words: thrown.message };
      throw thrown;
    });
    outcomes.push({ id, ...outcome });
  }
  const lines = outcomes.map(({ id, words }) => [id, words]);
  return {
    text: lines.length === 0 ? 'No dead letters.' : columns(lines),
    json: outcomes,
    isDone: outcomes.every(({ isDone }) => isDone),
  };
};

/** A replay is over when the letter is gone or dead again. */
const outcomeOf = async (client: AdminClient, id: string): Promise<Outcome> => {
  const until = Date.now() + replayMsMax;
  while (Date.now() < until) {
    await delay(replayPollMs);
    const letter = await client.send('GET', pathOf(id), deadLetterAnswer).catch((thrown: unknown) => {
      if (thrown instanceof AdminError && thrown.message.startsWith('not_found')) return undefined;
      throw thrown;
    });
    if (letter === undefined) return { isDone: true, words: 'replayed' };
    if (letter.state === 'dead') return { isDone: false, words: `failed again: ${letter.reason}` };
  }
  return { isDone: false, words: `still ${replayMsMax / 1000} s later not replayed: see dlq list` };
};

/** The newest page, or every page when `isAll`. */
const find = async (client: AdminClient, { options }: CommandInput, isAll: boolean) => {
  const wanted = new URLSearchParams({ limit: String(pageSize) });
  for (const [option, parameter] of parameters) {
    const value = options.get(option);
    if (value !== undefined) wanted.set(parameter, value);
  }
  const letters: Letter[] = [];
  for (;;) {
    const page = await client.send('GET', `/dead-letters?${wanted.toString()}`, listDeadLettersAnswer);
    letters.push(...page.dead_letters);
    if (!isAll || page.next_cursor === null) return { letters, total: page.total, unavailable: page.unavailable };
    wanted.set('cursor', page.next_cursor);
  }
};

const parameters = [
  ['owner', 'owner'],
  ['domain', 'domain_id'],
] as const;

const pathOf = (id: string): string => `/dead-letters/${encodeURIComponent(id)}`;

const tableOf = (letters: readonly Letter[]): string =>
  columns([
    ['ID', 'BURIED', 'CONSUMER', 'DOMAIN', 'ATTEMPTS', 'STATE', 'REASON'],
    ...letters.map((letter) => [
      letter.id,
      letter.buried_at.slice(0, 19),
      letter.consumer,
      letter.domain_id ?? '-',
      String(letter.attempts),
      letter.message_id === null ? 'unreadable' : letter.state,
      letter.reason,
    ]),
  ]);
