import type { z } from 'zod';
import { deadLetterQueries, deadLetterView } from '../contracts/dead-letters.ts';
import type { StoringOwner } from '../contracts/message.ts';
import { encodeCursor } from '../db/cursor.ts';
import { Failure } from '../errors/failure.ts';
import type { Platform } from '../runtime/platform.ts';
import {
  deleteDeadLetter,
  findDeadLetter,
  listDeadLetters,
  requestReplay,
  type DeadLetterRow,
} from './dead-letters.ts';

/** Answers what operators ask about the dead letters of `owner`. `onRequested` is told of each replay asked for. */
export const answerDeadLetters = async (
  { bus, database, logger }: Platform,
  owner: StoringOwner,
  onRequested: () => void,
): Promise<void> => {
  const queries = deadLetterQueries[owner];
  const find = async (id: string) => {
    const row = await database.run((client) => findDeadLetter(client, owner, id));
    if (row === null) throw new Failure('not_found', { detail: 'There is no such dead letter' });
    return row;
  };

  await bus.answer(queries.list, async ({ domain_id: domainId, cursor, limit }) => {
    const { rows, total } = await database.run((client) => listDeadLetters(client, { owner, domainId, cursor, limit }));
    const page = rows.slice(0, limit).map((row) => ({
      ...viewOf(row),
      cursor: encodeCursor({ createdAt: row.buriedAt, id: row.id }),
    }));
    return { dead_letters: page, total, has_more: rows.length > limit };
  });
  await bus.answer(queries.get, async ({ id }) => {
    const row = await find(id);
    return { ...viewOf(row), message: row.message };
  });
  await bus.answer(queries.replay, async ({ id }) => {
    if (await database.run((client) => requestReplay(client, owner, id))) {
      logger.info({ dead_letter: id }, 'replay of a dead letter asked for');
      onRequested();
    }
    const row = await find(id);
    if (!row.isReadable) throw new Failure('conflict', { detail: 'It cannot be read, only discarded' });
    return viewOf(row);
  });
  await bus.answer(queries.discard, async ({ id }) => {
    const row = await find(id);
    if (!(await database.run((client) => deleteDeadLetter(client, owner, id)))) {
      throw new Failure('conflict', { detail: 'It is being replayed' });
    }
    const { consumer, msgKey: message_id, reason } = row;
    logger.info({ dead_letter: id, consumer, message_id, reason }, 'dead letter discarded');
    return viewOf(row);
  });
};

const viewOf = (row: DeadLetterRow): z.output<typeof deadLetterView> =>
  deadLetterView.parse({
    id: row.id,
    owner: row.owner,
    consumer: row.consumer,
    subject: row.subject,
    message_id: row.isReadable ? row.msgKey : null,
    domain_id: row.domainId,
    reason: row.reason,
    attempts: row.attempts,
    state: row.state,
    buried_at: row.buriedAt.toISOString(),
  });
