import type { OutsideSystem } from '../../shared/http/outside-system.ts';
import type { Logger } from '../../shared/telemetry/logger.ts';
import type { Accounts } from './accounts.ts';
import { troubleOf, type MemoriClient } from './client.ts';
import { remoteUserOf } from './remote-user.ts';

export interface RemoteRecall {
  /** Empty when there is nothing, or nobody to ask. */
  readonly text: string;
  readonly degraded: readonly string[];
}

/** Memori as a second memory: never the reason why a reply fails or waits. */
export interface RemoteMemory {
  readonly recall: (
    visitor: { readonly domainId: string; readonly userId: string; readonly sessionId: string },
    timeoutMs: number,
  ) => Promise<RemoteRecall>;
  /** False while it is known to be out of order. */
  readonly isAvailable: () => boolean;
}

interface RemoteParts {
  readonly client: MemoriClient;
  readonly memori: Pick<OutsideSystem, 'isDegraded'>;
  readonly accounts: Accounts;
  readonly logger: Logger;
}

export const remoteName = 'memori';

const textCharsMax = 1_000;
const timeoutMinMs = 50;
const nothing: RemoteRecall = { text: '', degraded: [] };

export const createRemoteMemory = ({ client, memori, accounts, logger }: RemoteParts): RemoteMemory => ({
  recall: async ({ domainId, userId, sessionId }, timeoutMs) => {
    try {
      const account = await accounts.usable(domainId);
      if (account === undefined) return nothing;
      if (timeoutMs < timeoutMinMs) return { text: '', degraded: [remoteName] };
      const subject = { domainId, apiKey: account.apiKey, remoteUser: remoteUserOf(account.salt, userId), sessionId };
      const text = await client.recall(subject, timeoutMs);
      if (account.isDoubtful) await accounts.markValid(domainId);
      return { text: plain(text), degraded: [] };
    } catch (thrown) {
      if (troubleOf(thrown) === 'key_refused') await accounts.markInvalid(domainId).catch(() => undefined);
      logger.warn({ err: thrown }, 'recall without Memori');
      return { text: '', degraded: [remoteName] };
    }
  },
  isAvailable: () => !memori.isDegraded(),
});

// Another system's words: no control or hidden characters, and not more than a paragraph.
const plain = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, textCharsMax)
    .toWellFormed();
