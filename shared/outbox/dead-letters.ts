import type { DeadLetter } from '../bus/dead-letter.ts';
import type { StoringOwner } from '../contracts/message.ts';
import { sha256Hex } from '../crypto/hash.ts';
import type { Transaction } from '../db/client.ts';
import { decodeCursor } from '../db/cursor.ts';

interface Burial {
  readonly id: string;
  readonly owner: StoringOwner;
  /** As in the inbox. */
  readonly consumer: string;
  readonly letter: DeadLetter;
}

const reasonCharsMax = 512;
const subjectCharsMax = 256;
// An envelope is kept whole, or it could not be replayed; the server takes no message over 1 MiB.
const unreadableCharsMax = 65_536;

/** Stores a dead letter. The same message again is the same row; one that was being replayed is dead again. */
export const insertDeadLetter = async (client: Transaction, burial: Burial): Promise<void> => {
  const { id, owner, consumer, letter } = burial;
  const { envelope, text } = letter;
  const key = envelope?.id ?? sha256Hex(text);
  const message = storable(envelope === undefined ? text.slice(0, unreadableCharsMax) : text);
  const subject = storable(letter.subject.slice(0, subjectCharsMax));
  const reason = storable(letter.reason.slice(0, reasonCharsMax));
  await client.$executeRaw`
    insert into dead_letters (id, owner, consumer, msg_key, is_readable, domain_id, subject, message, reason, attempts)
    values (${id}::uuid, ${owner}, ${consumer}, ${key}, ${envelope !== undefined}, ${envelope?.domain_id ?? null}::uuid,
      ${subject}, ${message}, ${reason}, ${letter.attempts}::int)
    on conflict (consumer, msg_key) do update set
      reason = excluded.reason,
      attempts = greatest(excluded.attempts, dead_letters.attempts + (dead_letters.state = 'replaying')::int),
      state = 'dead', lease_until = null, buried_at = now()`;
};

// What the database refuses would come back for ever.
const storable = (text: string): string => text.replaceAll('\0', '\uFFFD').toWellFormed();

const summary = {
  id: true,
  owner: true,
  consumer: true,
  msgKey: true,
  isReadable: true,
  domainId: true,
  subject: true,
  reason: true,
  attempts: true,
  state: true,
  buriedAt: true,
} as const;

interface PageWanted {
  readonly owner: StoringOwner;
  readonly domainId: string | undefined;
  readonly cursor: string | undefined;
  readonly limit: number;
}

/** Newest first, without the messages themselves; one row more than `limit` when there is more. */
export const listDeadLetters = async (client: Transaction, { owner, domainId, cursor, limit }: PageWanted) => {
  const place = decodeCursor(cursor);
  const wanted = { owner, ...(domainId === undefined ? {} : { domainId }) };
  const behind =
    place === undefined
      ? {}
      : { OR: [{ buriedAt: { lt: place.createdAt } }, { buriedAt: place.createdAt, id: { lt: place.id } }] };
  const [rows, total] = await Promise.all([
    client.deadLetter.findMany({
      where: { ...wanted, ...behind },
      orderBy: [{ buriedAt: 'desc' }, { id: 'desc' }],
      take: limit + 1,
      select: summary,
    }),
    client.deadLetter.count({ where: wanted }),
  ]);
  return { rows, total };
};

export type DeadLetterRow = Awaited<ReturnType<typeof listDeadLetters>>['rows'][number];

export const findDeadLetter = (client: Transaction, owner: StoringOwner, id: string) =>
  client.deadLetter.findFirst({ where: { id, owner }, select: { ...summary, message: true } });

/** Has a dead letter replayed; false when there is none that could be. */
export const requestReplay = async (client: Transaction, owner: StoringOwner, id: string): Promise<boolean> => {
  const { count } = await client.deadLetter.updateMany({
    where: { id, owner, isReadable: true, state: 'dead' },
    data: { state: 'requested' },
  });
  return count > 0;
};

/** False when there is none, or it is being replayed. */
export const deleteDeadLetter = async (client: Transaction, owner: StoringOwner, id: string): Promise<boolean> => {
  const { count } = await client.deadLetter.deleteMany({ where: { id, owner, state: { not: 'replaying' } } });
  return count > 0;
};

export const countDeadLetters = (client: Transaction, owner: StoringOwner): Promise<number> =>
  client.deadLetter.count({ where: { owner } });
