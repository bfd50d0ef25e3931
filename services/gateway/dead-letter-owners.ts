import type { z } from 'zod';
import type { Bus, CallContext } from '../../shared/bus/port.ts';
import { deadLetterQueries, deadLetterView } from '../../shared/contracts/dead-letters.ts';
import type { deadLettersQuery, listDeadLettersAnswer } from '../../shared/contracts/http/dead-letters.ts';
import { storingOwners, type StoringOwner } from '../../shared/contracts/message.ts';
import { Failure } from '../../shared/errors/failure.ts';

type Queries = (typeof deadLetterQueries)[StoringOwner];
type Wanted = z.output<typeof deadLettersQuery>;

/**
 * A page over all owners, newest first. An owner that does not answer is named rather than waited for: when one cannot
 * keep itself up, its dead letters and the others' are what one wants to see. Throws what an owner refused.
 */
export const listOverOwners = async (
  bus: Bus,
  { owner: only, ...wanted }: Wanted,
  call: CallContext,
): Promise<z.input<typeof listDeadLettersAnswer>> => {
  const owners = storingOwners.filter((owner) => only === undefined || owner === only);
  const pages = await Promise.all(
    owners.map((owner) => bus.ask(deadLetterQueries[owner].list, wanted, call).catch(unlessRefused)),
  );
  const answered = pages.filter((page) => page !== undefined);
  const found = answered.flatMap((page) => page.dead_letters).sort(newestFirst);
  const shown = found.slice(0, wanted.limit);
  const hasMore = found.length > shown.length || answered.some((page) => page.has_more);
  return {
    dead_letters: shown.map((letter) => deadLetterView.parse(letter)),
    total: answered.reduce((sum, page) => sum + page.total, 0),
    next_cursor: hasMore ? (shown.at(-1)?.cursor ?? null) : null,
    unavailable: owners.filter((_owner, index) => pages[index] === undefined),
  };
};

/** What the owner of a dead letter answers; whoever it is. Throws `not_found` when it is nobody's. */
export const askItsOwner = async <T>(ask: (queries: Queries) => Promise<T>): Promise<T> => {
  const outcomes = await Promise.allSettled(storingOwners.map((owner) => ask(deadLetterQueries[owner])));
  const found = outcomes.find((outcome) => outcome.status === 'fulfilled');
  if (found !== undefined) return found.value;
  const reasons = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
  throw reasons.find((reason) => !(reason instanceof Failure && reason.code === 'not_found')) ?? reasons[0];
};

const unlessRefused = (thrown: unknown): undefined => {
  if (!(thrown instanceof Failure) || !thrown.retryable) throw thrown;
};

type Sortable = Pick<z.output<typeof deadLetterView>, 'buried_at' | 'id'>;

// As the owners' own pages are ordered: moments are ISO text of one length, ids lower case.
const newestFirst = (left: Sortable, right: Sortable): number => (placeOf(left) < placeOf(right) ? 1 : -1);

const placeOf = ({ buried_at, id }: Sortable): string => `${buried_at} ${id}`;
