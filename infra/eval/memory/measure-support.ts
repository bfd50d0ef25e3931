import { randomUUID } from 'node:crypto';
import { extractFacts } from '../../../services/memory/facts/extract-facts.ts';
import { factsFrom } from '../../../services/memory/facts/current-facts.ts';
import { rankFacts } from '../../../services/memory/facts/rank-facts.ts';
import { findMemories } from '../../../services/memory/find-memories.ts';
import { indexTextOf } from '../../../services/memory/index-text.ts';
import { redact } from '../../../services/memory/redaction.ts';
import { asVisitor } from '../../../services/memory/store/as-visitor.ts';
import { findSayings, type NewFact } from '../../../services/memory/store/facts.ts';
import { insertTurns } from '../../../services/memory/store/imports.ts';
import { deleteSubject } from '../../../services/memory/store/turns.ts';
import { userHashOf } from '../../../services/memory/user-hash.ts';
import type { Database } from '../../../shared/db/client.ts';
import { mean, recall, rounded } from '../figures.ts';
import { supportCustomers, type Customer, type SupportQuestion } from './support/customers.ts';
import { canaries } from './support/sayings.ts';

/** What `eval:memory -- --support` prints. */
export interface SupportFigures {
  readonly customers: number;
  readonly turns: number;
  readonly questions: number;
  readonly fact_precision: number;
  readonly fact_recall: number;
  /** Share of the questions after a contradiction whose first fact of that key is what is true now. */
  readonly current_fact_first: number;
  /** Share of those questions for which a value that is true no more is told as a fact. */
  readonly stale_fact_rate: number;
  readonly turn_recall10: number;
  readonly identifier_first: number;
  readonly typo_fact_told: number;
  readonly probes: number;
  /** Turns and facts of somebody else that were told. */
  readonly leaks: number;
  /** Secrets found in the database. */
  readonly canaries: number;
  /** Rows that hold a word of a customer who was forgotten. */
  readonly residue: number;
}

const probesWanted = 10_000;

/** Teaches the memory synthetic customers, asks for them, probes for leaks, and forgets them again. */
export const measureSupport = async (database: Database): Promise<SupportFigures> => {
  const domainIds = Array.from({ length: 3 }, () => randomUUID());
  const customers = supportCustomers().map((customer, at) => ({
    ...customer,
    // The same user ids at every domain: only both together name somebody.
    subject: {
      domainId: domainIds[at % domainIds.length] ?? '',
      userId: `customer-${Math.floor(at / domainIds.length)}`,
    },
  }));
  const taught: Taught[] = [];
  for (const customer of customers) taught.push(await teach(database, customer));
  const asked: Outcome[] = [];
  for (const customer of taught) asked.push(...(await askAll(database, customer)));
  const ofKind = (kind: SupportQuestion['kind']): readonly Outcome[] =>
    asked.filter(({ question }) => question.kind === kind);
  const share = (of: readonly Outcome[], figure: (outcome: Outcome) => number): number => rounded(mean(of.map(figure)));
  const probed = await probe(database, taught);
  const found = taught.reduce((sum, { hits }) => sum + hits, 0);
  return {
    customers: taught.length,
    turns: taught.reduce((sum, { turns }) => sum + turns.length, 0),
    questions: asked.length,
    fact_precision: rounded(found / taught.reduce((sum, { extracted }) => sum + extracted, 0)),
    fact_recall: rounded(found / taught.reduce((sum, { gold }) => sum + gold, 0)),
    current_fact_first: share(ofKind('contradiction'), isToldFirst),
    stale_fact_rate: share(ofKind('contradiction'), ({ facts, question: { key, value } }) =>
      Number(facts.some((fact) => fact.key === key && fact.value !== value)),
    ),
    turn_recall10: share(
      asked.filter(({ question }) => question.gold.length > 0 && question.kind !== 'typo'),
      ({ texts, question }) => recall([...new Set(texts)], new Set(question.gold), 10),
    ),
    identifier_first: share(ofKind('identifier'), ({ texts, question }) => Number(texts[0] === question.gold[0])),
    typo_fact_told: share(ofKind('typo'), ({ facts, question: { key, value } }) =>
      Number(facts.some((fact) => fact.key === key && fact.value === value)),
    ),
    ...probed,
    canaries: await countCanaries(database),
    residue: await forgetAll(database, taught),
  };
};

const isToldFirst = ({ facts, question: { key, value } }: Outcome): number =>
  Number(facts.find((fact) => fact.key === key)?.value === value);

type Subject = Readonly<Record<'domainId' | 'userId', string>>;

interface Taught extends Customer {
  readonly subject: Subject;
  readonly ids: ReadonlySet<string>;
  readonly gold: number;
  readonly extracted: number;
  readonly hits: number;
}

const teach = async (database: Database, customer: Customer & { readonly subject: Subject }): Promise<Taught> => {
  const sessions = new Map<number, string>(customer.turns.map(({ session }) => [session, randomUUID()]));
  let [gold, extracted, hits] = [0, 0, 0];
  const collected: NewFact[] = [];
  const turns = customer.turns.map((turn) => {
    const text = redact(turn.text);
    const id = randomUUID();
    const said = extractFacts('user', text).filter(({ kind }) => kind !== 'issue');
    const names = said.filter(({ retracts }) => !retracts).map(({ key, value }) => `${key}=${value.toLowerCase()}`);
    gold += turn.facts.length;
    extracted += names.length;
    hits += names.filter((name) => turn.facts.includes(name)).length;
    collected.push(...said.map((fact) => ({ ...fact, id: randomUUID(), turnId: id })));
    const sessionId = sessions.get(turn.session) ?? '';
    return {
      id,
      messageId: randomUUID(),
      sessionId,
      role: 'user' as const,
      pos: 0,
      saidAt: turn.saidAt,
      text,
      index: indexTextOf(text),
    };
  });
  await database.run((client) => insertTurns(client, customer.subject, turns, collected));
  return { ...customer, ids: new Set(turns.map(({ id }) => id)), gold, extracted, hits };
};

interface Outcome {
  readonly question: SupportQuestion;
  readonly texts: readonly string[];
  readonly facts: readonly { readonly key: string; readonly value: string }[];
  readonly ids: readonly string[];
}

const askAll = async (database: Database, customer: Taught): Promise<readonly Outcome[]> => {
  const outcomes: Outcome[] = [];
  for (const question of customer.questions)
    outcomes.push({ question, ...(await tell(database, customer.subject, question.text)) });
  return outcomes;
};

const tell = async (database: Database, subject: Subject, question: string): Promise<Omit<Outcome, 'question'>> => {
  const now = Date.parse('2026-03-01T00:00:00Z');
  const wanted = { ...subject, sessionId: randomUUID(), question, wantsRecent: true, now };
  const { candidates, sayings } = await asVisitor(database, subject, async (tx) => ({
    ...(await findMemories(tx, wanted)),
    sayings: await findSayings(tx, subject, now),
  }));
  const known = rankFacts(question, factsFrom(sayings));
  return {
    texts: candidates.map(({ text }) => text),
    facts: known.map(({ key, value }) => ({ key, value: value.toLowerCase() })),
    ids: [...candidates.map(({ id }) => id), ...known.flatMap(({ sources }) => sources.map(({ turnId }) => turnId))],
  };
};

/** Asks everybody's questions as somebody else: a domain's other visitors, the same name elsewhere, nobody at all. */
const probe = async (database: Database, taught: readonly Taught[]): Promise<{ probes: number; leaks: number }> => {
  const questions = taught.flatMap((customer) => customer.questions.map(({ text }) => text));
  let leaks = 0;
  for (let probes = 0; probes < probesWanted; probes += 1) {
    const asker = taught[probes % taught.length];
    const stranger = probes % 4 === 0;
    const subject =
      asker === undefined || stranger
        ? { domainId: taught[probes % 3]?.subject.domainId ?? '', userId: `stranger-${probes}` }
        : asker.subject;
    const own = asker === undefined || stranger ? new Set<string>() : asker.ids;
    const { ids } = await tell(database, subject, questions[(probes * 7) % questions.length] ?? '');
    leaks += ids.filter((id) => !own.has(id)).length;
  }
  return { probes: probesWanted, leaks };
};

const countCanaries = (database: Database): Promise<number> =>
  database.run(async (client) => {
    const rows = await client.$queryRaw<{ found: number }[]>`
      select count(*)::int as found from memory_turns turn, unnest(${[...canaries]}::text[]) as canary
      where strpos(turn.body || turn.tsv::text, canary) > 0`;
    return rows[0]?.found ?? 0;
  });

const forgetAll = async (database: Database, taught: readonly Taught[]): Promise<number> => {
  for (const { subject } of taught) {
    const whole = { ...subject, userHash: userHashOf(subject.domainId, subject.userId) };
    await database.transaction((tx) => deleteSubject(tx, whole, new Date()));
  }
  return database.run(async (client) => {
    const rows = await client.$queryRaw<{ left: number }[]>`
      select ((select count(*) from memory_turns) + (select count(*) from memory_facts)
        + (select count(*) from memory_deliveries))::int as left`;
    return rows[0]?.left ?? 0;
  });
};
