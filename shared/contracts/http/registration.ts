import { z } from 'zod';
import { text } from '../common.ts';
import { optionalText } from './fields.ts';

export const registerDomainBody = z.object({
  domain_name: text(300).min(1),
  memori_api_key: optionalText(500),
});

/** `api_key` is shown this once. The agent's fields say where it stands: it deploys after this answer. */
export const registerDomainAnswer = z.object({
  domain_id: z.uuid(),
  api_key: z.string(),
  message: z.string(),
  agent_created: z.boolean(),
  agent_uuid: z.string().nullable(),
  agent_deployment_status: z.string(),
  deployment_message: z.string(),
  memori_connected: z.boolean(),
});
