import { connectMemori, validateMemoriKey } from '../../../shared/contracts/memory.ts';
import { z } from 'zod';
import { registerDomainAnswer, registerDomainBody } from '../../../shared/contracts/http/registration.ts';
import { registerDomain } from '../../../shared/contracts/provisioning.ts';
import type { CallContext } from '../../../shared/bus/port.ts';
import type { Gateway } from '../gateway.ts';
import { idempotencyOf } from '../http/idempotency.ts';
import { route } from '../http/route.ts';

/**
 * A Memori key is proved before the name is taken, so a wrong key costs nothing. Once the domain is there its API key must
 * reach the owner, so trouble in storing the Memori key is told in the answer instead of failing it.
 */
export const registerDomainRoute = route({
  method: 'post',
  path: '/register-domain',
  tag: 'registration',
  summary: 'Register a website',
  description: 'Answers at once with the API key, shown this once. The agent deploys in the background.',
  credential: 'admin',
  input: z.object({ body: registerDomainBody }),
  output: registerDomainAnswer,
  failures: ['invalid_domain_name', 'domain_taken', 'memori_key_invalid', 'idempotency_key_reused'],
  isIdempotent: true,
  handle: (gateway) => {
    return async ({ body }, { request, call }) => {
      const { domain_name, memori_api_key } = body;
      if (memori_api_key !== undefined) await gateway.bus.ask(validateMemoriKey, { memori_api_key }, call());
      const { domain, api_key } = await gateway.bus.ask(
        registerDomain,
        { domain_name, ...idempotencyOf(request, body) },
        call(),
      );
      const memori_connected =
        memori_api_key !== undefined && (await connected(gateway, domain.domain_id, memori_api_key, call()));
      const isMemoriPending = memori_api_key !== undefined && !memori_connected;
      return {
        domain_id: domain.domain_id,
        api_key,
        message: isMemoriPending
          ? 'Domain registered. The Memori key could not be stored: the built-in memory is used.'
          : 'Domain registered. Keep the API key: it is shown this once.',
        agent_created: domain.agent_uuid !== null,
        agent_uuid: domain.agent_uuid,
        agent_deployment_status: domain.state,
        deployment_message: `The agent is deployed in the background; follow GET /domains/${domain.domain_id}/events`,
        memori_connected,
      };
    };
  },
});

const connected = async (
  { bus, logger }: Gateway,
  domain_id: string,
  memori_api_key: string,
  call: CallContext,
): Promise<boolean> => {
  try {
    await bus.ask(connectMemori, { domain_id, memori_api_key }, call);
    return true;
  } catch (thrown) {
    logger.warn({ err: thrown, domain_id }, 'Memori key not stored');
    return false;
  }
};
