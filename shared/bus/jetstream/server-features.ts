/** What we want of a server, by the version that first had it: the one place where versions are compared. */
const since = {
  /** Streams, filters and consumers as we use them. */
  ours: [2, 9, 0],
  /** `sync_interval: always`: a message is on disk before it is acknowledged. */
  syncAlways: [2, 10, 0],
} as const;

/** Whether a server of this version (`2.11.4`, `2.12.0-beta.1`) knows the feature; an unreadable version knows nothing. */
export const serverKnows = (feature: keyof typeof since, version: string): boolean => {
  const found = /^(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number) ?? [];
  const wanted = since[feature];
  const different = wanted.findIndex((part, index) => part !== found[index]);
  return different === -1 || (found[different] ?? -1) > (wanted[different] ?? 0);
};

/** What an operator should know of a server that is old but will do; undefined when there is nothing to say. */
export const serverWarning = (version: string): string | undefined =>
  serverKnows('syncAlways', version)
    ? undefined
    : `nats-server ${version} cannot write each message to disk before it acknowledges it: 2.10 or newer can (sync_interval)`;
