import type { z } from 'zod';
import type { Bus, Call } from '../../../shared/bus/port.ts';
import type { Query } from '../../../shared/contracts/message.ts';
import { authenticateKey, getDomain } from '../../../shared/contracts/provisioning.ts';
import { sha256Hex } from '../../../shared/crypto/hash.ts';
import { Failure } from '../../../shared/errors/failure.ts';
import { acmeId, acmeKey, aDomain, otherId, otherKey } from './builders.ts';

/** Answers a question with what `reply` gives, and keeps what was asked. */
export const script = async <Q extends Query>(
  bus: Bus,
  contract: Q,
  reply: (input: z.output<Q['input']>, call: Call) => z.input<Q['output']> | Promise<z.input<Q['output']>>,
): Promise<z.output<Q['input']>[]> => {
  const asked: z.output<Q['input']>[] = [];
  await bus.answer(contract, async (input, call) => {
    asked.push(input);
    return reply(input, call);
  });
  return asked;
};

/** Two registered domains with a key each: what every credential check asks for. */
export const scriptTwoDomains = async (bus: Bus) => {
  const other = aDomain({ domain_id: otherId, domain_name: 'other.example', settings: {} });
  const domains = new Map([
    [acmeId, aDomain()],
    [otherId, other],
  ]);
  const keys = new Map([
    [sha256Hex(acmeKey), acmeId],
    [sha256Hex(otherKey), otherId],
  ]);
  const lookups = await script(bus, getDomain, ({ domain_id }) => {
    const domain = domains.get(domain_id);
    if (domain === undefined) throw new Failure('domain_unknown');
    return { domain };
  });
  const keyLookups = await script(bus, authenticateKey, ({ api_key_hash }) => {
    const domain = domains.get(keys.get(api_key_hash) ?? '');
    if (domain === undefined) throw new Failure('credential_invalid');
    return { domain };
  });
  return { domains, keys, lookups, keyLookups };
};
