import { z } from 'zod';
import { domainParams, rotateKeyAnswer } from '../../../shared/contracts/http/domains.ts';
import { rotateApiKey } from '../../../shared/contracts/provisioning.ts';
import { idempotencyOf } from '../http/idempotency.ts';
import { route } from '../http/route.ts';

/** Makes a new API key, shown this once; the old one stays valid for a grace period. */
export const rotateKeyRoute = route({
  method: 'post',
  path: '/domains/:domain_id/api-key',
  tag: 'domains',
  summary: 'Rotate the API key',
  credential: 'path-domain',
  input: z.object({ params: domainParams }),
  output: rotateKeyAnswer,
  failures: ['not_found'],
  isIdempotent: true,
  handle:
    ({ bus, directory }) =>
    async (_input, { request, caller, call }) => {
      const { domain_id } = caller.domain;
      const rotated = await bus.ask(rotateApiKey, { domain_id, ...idempotencyOf(request, {}) }, call());
      directory.forget(domain_id);
      return { domain_id, ...rotated };
    },
});
