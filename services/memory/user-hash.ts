import { sha256Hex } from '../../shared/crypto/hash.ts';

/** Names a visitor in the note that they were forgotten. */
export const userHashOf = (domainId: string, userId: string): string => sha256Hex(`${domainId}\n${userId}`);
