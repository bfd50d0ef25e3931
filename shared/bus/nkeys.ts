import { nkeys } from '@nats-io/transport-node';

/** A new user's secret (`SU…`). */
export const newSeed = (): string => new TextDecoder().decode(nkeys.createUser().getSeed());

/** What a server may know of that user (`U…`). Throws when `seed` is none. */
export const publicKeyOf = (seed: string): string => nkeys.fromSeed(new TextEncoder().encode(seed)).getPublicKey();
