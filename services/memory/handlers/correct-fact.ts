import type { Handler } from '../../../shared/bus/port.ts';
import type { correctFact } from '../../../shared/contracts/memory.ts';
import { Failure } from '../../../shared/errors/failure.ts';
import type { Deps } from '../deps.ts';
import { factsFrom } from '../facts/current-facts.ts';
import { factViewOf } from '../memory-view.ts';
import { redact } from '../redaction.ts';
import { findSayings } from '../store/facts.ts';
import { insertCorrection } from '../store/forgetting.ts';

/** Puts a fact right: the new value is the current one, the old one stays as history. Throws `not_found`. */
export const handleCorrectFact =
  ({ database, clock }: Deps): Handler<typeof correctFact> =>
  async ({ domain_id: domainId, user_id: userId, fact_id: factId, value }) => {
    const subject = { domainId, userId };
    const now = clock.now();
    const id = clock.newId();
    const correction = { id, endId: clock.newId(), factId, value: redact(value), at: new Date(now) };
    const isStored = await database.run((client) => insertCorrection(client, subject, correction));
    const facts = factsFrom(await database.run((client) => findSayings(client, subject, now)));
    const corrected = facts.find((fact) => fact.id === id);
    if (!isStored || corrected === undefined) throw new Failure('not_found', { detail: 'No such fact is known' });
    return { fact: factViewOf(corrected) };
  };
