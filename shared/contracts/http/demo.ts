import { z } from 'zod';
import { domainState } from '../provisioning.ts';

/** What the demo page shows of the demo domain; on a loopback address in development only, since it holds the key. */
export const demoAnswer = z.object({
  domain_id: z.uuid(),
  domain_name: z.string(),
  state: domainState,
  suggested_questions: z.array(z.string()),
  documents: z.array(z.object({ name: z.string(), type: z.string() })),
  api_key: z.string(),
  admin_key_hint: z.string(),
});
