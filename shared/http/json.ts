import type { z } from 'zod';
import type { HttpResponse } from './contract.ts';

const jsonTypes = /^application\/(?:[\w.-]+\+)?json\b/i;

/** The body by its schema; an empty body is `undefined`. Throws Error on another content type, broken JSON, another shape. */
export const readJson = <Schema extends z.ZodType>(response: HttpResponse, schema: Schema): z.output<Schema> => {
  const parsed = schema.safeParse(parseBody(response));
  if (parsed.success) return parsed.data;
  throw new Error(`unexpected answer: ${parsed.error.issues.slice(0, 10).map(wordsOfIssue).join('; ')}`);
};

const parseBody = (response: HttpResponse): unknown => {
  if (response.body.byteLength === 0) return undefined;
  const contentType = response.headers['content-type'] ?? '';
  if (!jsonTypes.test(contentType)) throw new Error(`not JSON but ${contentType.slice(0, 80)}`);
  return JSON.parse(new TextDecoder().decode(response.body));
};

const wordsOfIssue = (issue: { readonly path: PropertyKey[]; readonly message: string }): string =>
  `${issue.path.map(String).join('.')} ${issue.message}`;
