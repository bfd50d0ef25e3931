/** What the browser keeps of a visitor between pages. */
export interface VisitorStorage {
  readonly userId: () => string;
  readonly sessionId: () => string | undefined;
  readonly keepSession: (sessionId: string) => void;
  readonly dropSession: () => void;
}

const userKey = 'customerSupportUserId';
const sessionKey = 'customerSupportSessionId';
const idCharsMax = 200;

/**
 * Reads and writes only when asked, so nothing is stored before the panel is opened. Where storage is blocked
 * (private mode, sandboxed frame, full quota) the ids live as long as the page.
 */
export const createVisitorStorage = (
  browserStorage: () => Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>,
  newId: () => string,
): VisitorStorage => {
  const memory = new Map<string, string>();

  const read = (key: string): string | undefined => {
    const kept = memory.get(key) ?? attempt(() => browserStorage().getItem(key)) ?? undefined;
    return kept !== undefined && kept !== '' && kept.length <= idCharsMax ? kept : undefined;
  };
  const write = (key: string, value: string): void => {
    memory.set(key, value);
    attempt(() => browserStorage().setItem(key, value));
  };

  return {
    userId: () => {
      const known = read(userKey);
      if (known !== undefined) return known;
      const fresh = `user_${newId()}`;
      write(userKey, fresh);
      return fresh;
    },
    sessionId: () => read(sessionKey),
    keepSession: (sessionId) => write(sessionKey, sessionId),
    dropSession: () => {
      memory.delete(sessionKey);
      attempt(() => browserStorage().removeItem(sessionKey));
    },
  };
};

const attempt = <T>(touch: () => T): T | undefined => {
  try {
    return touch();
  } catch {
    return undefined; // blocked storage throws on the mere mention of `localStorage`
  }
};
