import type { IncomingMessage } from 'node:http';
import { isSameSecret } from '../../../shared/crypto/hash.ts';
import { Failure } from '../../../shared/errors/failure.ts';
import type { GatewayConfig } from '../config.ts';

const secretPattern = /^bearer +([\x21-\x7e]{1,512})$/i;

/** The secret of an Authorization header, or undefined without one. Throws `credential_invalid` for any other scheme. */
export const bearerOf = (authorization: string | undefined): string | undefined => {
  if (authorization === undefined) return undefined;
  const secret = secretPattern.exec(authorization)?.[1];
  if (secret === undefined) throw new Failure('credential_invalid', { detail: 'Send Authorization: Bearer <key>' });
  return secret;
};

/** Told from the header alone, before anything is spent on the request. Never throws. */
export const bearsAdminKey = (
  { headers }: Pick<IncomingMessage, 'headers'>,
  { adminKey }: Pick<GatewayConfig, 'adminKey'>,
): boolean => {
  const secret = secretPattern.exec(headers.authorization ?? '')?.[1];
  return secret !== undefined && isSameSecret(secret, adminKey);
};
