import { objectOf } from '../http/json.ts';
import type { Field } from './read-schema.ts';
import type { Operation } from './read-openapi.ts';

export interface CurlContext {
  readonly origin: string;
  /** Known values by the name of the field they go into: `domain_id`, `api_key`. */
  readonly known: Readonly<Record<string, string>>;
}

/** A command that can be pasted into a shell. Optional fields are left out: the shortest call that works. */
export const curlFor = (operation: Operation, { origin, known }: CurlContext): string => {
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => known[name] ?? `$${name.toUpperCase()}`);
  const query = operation.parameters
    .filter(({ place, isRequired }) => place === 'query' && isRequired)
    .map(({ name, sample }) => `${name}=${encodeURIComponent(known[name] ?? String(sample))}`)
    .join('&');
  const address = `${origin}${path}${query === '' ? '' : `?${query}`}`;
  const method = operation.method === 'GET' ? '' : ` -X ${operation.method}`;
  return [`curl${method} ${quote(address)}`, ...credentialLines(operation, known), ...bodyLines(operation, known)].join(
    ' \\\n  ',
  );
};

/** A domain's key where it opens the route: unlike its public id it needs no page to call from. */
const credentialLines = ({ credentials }: Operation, known: CurlContext['known']): readonly string[] => {
  const chosen = credentials.find((schemes) => schemes.includes('domainKey')) ?? credentials[0] ?? [];
  return chosen.map((scheme) => {
    if (scheme === 'domainId') return `-H ${quote(`X-Domain-ID: ${known['domain_id'] ?? '$DOMAIN_ID'}`)}`;
    const key = scheme === 'adminKey' ? '$ADMIN_API_KEY' : (known['api_key'] ?? '$API_KEY');
    return `-H ${quote(`Authorization: Bearer ${key}`)}`;
  });
};

const bodyLines = ({ bodyType, body }: Operation, known: CurlContext['known']): readonly string[] => {
  if (bodyType === '') return [];
  const top = body.filter(({ depth }) => depth === 0);
  const needed = top.filter(({ isRequired }) => isRequired);
  const fields = needed.length > 0 ? needed : top.slice(0, 1);
  if (bodyType.startsWith('multipart/')) return fields.map(formLine);
  const sample = objectOf(Object.fromEntries(fields.map(({ name, sample: value }) => [name, known[name] ?? value])));
  return ["-H 'Content-Type: application/json'", `-d ${quote(JSON.stringify(sample, null, 2))}`];
};

const formLine = ({ name, type, sample }: Field): string =>
  `-F ${quote(type === 'file' || name === 'file' ? `${name}=@handbook.pdf` : `${name}=${String(sample)}`)}`;

/** Single quotes, so that nothing in the text means anything to the shell; `$NAMES` stay readable. */
const quote = (text: string): string =>
  /\$[A-Z_]+/.test(text) ? `"${text.replace(/["\\`]/g, '\\$&')}"` : `'${text.replaceAll("'", `'\\''`)}'`;
