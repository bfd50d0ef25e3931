import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { ConfigError } from '../runtime/config.ts';

/** Seals secrets for the database. `place` (`table:column:row`) is bound in: a value moved to another row will not open. */
export interface SecretBox {
  /** `v1.<key id>.<iv>.<tag>.<ciphertext>`, each part base64url. */
  seal(plain: string, place: string): string;
  /** Throws when the value was altered, belongs elsewhere, or its key is not on the ring. */
  open(sealed: string, place: string): string;
}

interface RingKey {
  readonly id: string;
  readonly key: Buffer;
}

/**
 * A box over a key ring: `id:secret` items separated by commas (a lone secret has the id `k1`). The first seals, all open,
 * so a key is changed by putting a new one in front. Secrets are at least 32 characters.
 */
export const createSecretBox = (ring: string): SecretBox => {
  const keys = ring.split(',').map((item, index) => parseKey(item.trim(), index));
  const [sealing] = keys;
  if (sealing === undefined) throw new ConfigError('SECRETS_KEY: holds no key');
  return {
    seal: (plain, place) => seal(sealing, plain, place),
    open: (sealed, place) => {
      const [version, id, ...parts] = sealed.split('.');
      const ringKey = keys.find((candidate) => candidate.id === id);
      if (version !== 'v1' || ringKey === undefined || parts.length !== 3) throw new Error(`Unknown seal at ${place}`);
      return open(ringKey, parts, place);
    },
  };
};

const parseKey = (item: string, index: number): RingKey => {
  const colon = item.indexOf(':');
  const id = colon < 0 ? `k${index + 1}` : item.slice(0, colon);
  const secret = colon < 0 ? item : item.slice(colon + 1);
  if (secret.length < 32 || !/^[a-z0-9]{1,16}$/.test(id)) {
    throw new ConfigError('SECRETS_KEY: each key is `id:secret` with a secret of at least 32 characters');
  }
  return { id, key: Buffer.from(hkdfSync('sha256', secret, '', 'parley secret box v1', 32)) };
};

const seal = ({ id, key }: RingKey, plain: string, place: string): string => {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(place));
  const ciphertext = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
  return ['v1', id, ...[iv, cipher.getAuthTag(), ciphertext].map((part) => part.toString('base64url'))].join('.');
};

const open = ({ key }: RingKey, parts: readonly string[], place: string): string => {
  const [iv = Buffer.alloc(0), tag = Buffer.alloc(0), ciphertext = Buffer.alloc(0)] = parts.map((part) =>
    Buffer.from(part, 'base64url'),
  );
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: 16 })
    .setAAD(Buffer.from(place))
    .setAuthTag(tag);
  return Buffer.concat([decipher.update(ciphertext), decipher.final()]).toString('utf8');
};
