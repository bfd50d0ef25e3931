import { createHmac } from 'node:crypto';

/** The name under which Memori knows a visitor: tells nothing to who has not the domain's salt, and mixes no two domains. */
export const remoteUserOf = (salt: string, userId: string): string =>
  createHmac('sha256', salt).update(userId).digest('hex');
