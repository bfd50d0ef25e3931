import { distractors, fillers, sayings, secrets, unanswerable } from './sayings.ts';

export interface SupportTurn {
  readonly session: number;
  readonly text: string;
  /** What it says of the customer; `key=value`, in lower case. */
  readonly facts: readonly string[];
  readonly saidAt: Date;
}

export interface SupportQuestion {
  readonly kind: 'fact' | 'contradiction' | 'identifier' | 'typo' | 'unanswerable';
  readonly text: string;
  readonly key: string;
  /** In lower case; of a contradiction what is true now. */
  readonly value: string;
  /** Texts of the turns that say so. */
  readonly gold: readonly string[];
}

export interface Customer {
  readonly turns: readonly SupportTurn[];
  readonly questions: readonly SupportQuestion[];
}

const customersCount = 60;
const begin = Date.parse('2026-01-05T09:00:00Z');
const hourMs = 3_600_000;

/** Sixty customers with six to twelve sessions each; the same ones every time. */
export const supportCustomers = (): readonly Customer[] =>
  Array.from({ length: customersCount }, (_, number) => customerOf(number));

const customerOf = (number: number): Customer => {
  const random = randomOf(number + 1);
  const pick = <T>(list: readonly T[]): T => {
    const found = list[Math.floor(random() * list.length)];
    if (found === undefined) throw new Error('nothing to pick from');
    return found;
  };
  const sessions = 6 + Math.floor(random() * 7);
  const turns: SupportTurn[] = [];
  const say = (session: number, text: string, facts: readonly string[] = []): void => {
    const saidAt = new Date(begin + session * 60 * hourMs + turns.length * 60_000);
    turns.push({ session, text, facts, saidAt });
  };
  const questions: SupportQuestion[] = [];
  const chosen = [...sayings].sort(() => random() - 0.5).slice(0, 9);
  chosen.forEach((saying, at) => {
    const session = at % (sessions - 1);
    const [first, second] = [pick(saying.values), pick(saying.values)];
    const write = (value: string, when: number): string => {
      const text = pick(saying.says).replace('{a}', value);
      say(when, text, [`${saying.key}=${value.toLowerCase()}`]);
      return text;
    };
    const text = write(first, session);
    const ask = pick(saying.asks);
    const changes = saying.isSingle && at < 4 && first !== second;
    if (changes) {
      const changed = write(second, sessions - 1);
      const value = second.toLowerCase();
      questions.push({ kind: 'contradiction', text: ask, key: saying.key, value, gold: [changed] });
    } else questions.push({ kind: 'fact', text: ask, key: saying.key, value: first.toLowerCase(), gold: [text] });
    if (!saying.isSingle) {
      const looked = { key: saying.key, value: first.toLowerCase(), gold: [text] };
      const plain = first.toLowerCase().replaceAll('-', '');
      questions.push({ kind: 'identifier', text: `Any news on ${plain}?`, ...looked });
    } else if (at >= 4)
      questions.push({
        kind: 'typo',
        text: misspelled(ask),
        key: saying.key,
        value: first.toLowerCase(),
        gold: [text],
      });
    say(session, pick(fillers));
    say(session, pick(distractors));
  });
  say(0, secrets[number % secrets.length] ?? '');
  questions.push({ kind: 'unanswerable', text: pick(unanswerable), key: '', value: '', gold: [] });
  return { turns: [...turns].sort((left, right) => left.saidAt.getTime() - right.saidAt.getTime()), questions };
};

/** Two letters of the longest word change places. */
const misspelled = (text: string): string => {
  const longest = text.split(/\W+/u).reduce((best, word) => (word.length > best.length ? word : best), '');
  const at = Math.floor(longest.length / 2);
  const swapped = longest.slice(0, at - 1) + (longest[at] ?? '') + (longest[at - 1] ?? '') + longest.slice(at + 1);
  return text.replace(longest, swapped);
};

/** The same numbers for the same seed (mulberry32). */
const randomOf = (seed: number): (() => number) => {
  let state = seed * 0x9e3779b9;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};
