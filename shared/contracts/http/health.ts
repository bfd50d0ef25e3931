import { z } from 'zod';
import { moment } from '../common.ts';

export const healthAnswer = z.object({
  status: z.enum(['healthy', 'degraded', 'unhealthy']),
  database: z.string(),
  digitalocean: z.string(),
  memori: z.string(),
  bus: z.string(),
  /** `ok`, or what is wrong in words. */
  services: z.object({
    gateway: z.string(),
    provisioning: z.string(),
    knowledge: z.string(),
    chat: z.string(),
    memory: z.string(),
  }),
  timestamp: moment,
  active_sessions: z.int(),
  active_agents: z.int(),
  knowledge_bases: z.int(),
});
export const liveAnswer = z.object({ status: z.literal('live') });
export const readyAnswer = z.object({
  ready: z.boolean(),
  process: z.enum(['running', 'draining']),
  bus: z.string(),
  database: z.string(),
  degraded: z.array(z.string()).readonly().optional(),
});
