import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { reasonAgainstAddress } from './guard.ts';

/** All addresses of a name, as `dns.lookup` gives them with `all`. */
export type ResolveAll = (hostname: string) => Promise<readonly LookupAddress[]>;

/** What the lookup throws for a name with an address that is not public; told apart from names that do not exist. */
export const refusedAddressCode = 'EREFUSEDADDRESS';

/**
 * The resolver of a socket that is being opened, and so the last check before it: a name may answer something else than
 * when it was judged. Looks at all addresses; one that is not public refuses the name, because the socket may take any.
 * Never called for IP literals: those `classifyUrl` judges.
 */
export const guardedLookup =
  (resolveAll: ResolveAll = resolveBySystem): LookupFunction =>
  (hostname, options, callback) => {
    resolveAll(hostname)
      .then(publicOnly(hostname))
      .then(
        ([first, ...others]) => {
          if (options.all === true) callback(null, [first, ...others]);
          else callback(null, first.address, first.family);
        },
        (thrown: unknown) => {
          callback(thrown instanceof Error ? thrown : lookupError('ENOTFOUND', hostname), '', 4);
        },
      );
  };

const publicOnly =
  (hostname: string) =>
  (addresses: readonly LookupAddress[]): [LookupAddress, ...LookupAddress[]] => {
    const [first, ...others] = addresses;
    if (first === undefined) throw lookupError('ENOTFOUND', hostname);
    const isPublic = addresses.every(({ address }) => reasonAgainstAddress(address) === undefined);
    if (!isPublic) throw lookupError(refusedAddressCode, hostname);
    return [first, ...others];
  };

const resolveBySystem: ResolveAll = (hostname) =>
  new Promise((resolve, reject) => {
    systemLookup(hostname, { all: true, verbatim: true }, (error, addresses) => {
      if (error === null) resolve(addresses);
      else reject(error);
    });
  });

const lookupError = (code: string, hostname: string): NodeJS.ErrnoException =>
  Object.assign(new Error(`${code} ${hostname}`), { code });
