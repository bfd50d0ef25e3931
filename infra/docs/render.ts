import { z } from 'zod';
import { catalogue } from '../../shared/contracts/catalogue.ts';
import type { Contract } from '../../shared/contracts/message.ts';
import { codes } from '../../shared/errors/codes.ts';

const generated = '<!-- Written by `npm run docs` from the code; a test holds the two equal. -->';

const headings: readonly (readonly [Contract['kind'], string, string])[] = [
  [
    'query',
    'Queries',
    'Core NATS request-reply in the owner’s queue group: one replica answers. Nothing is kept on the bus.',
  ],
  ['stream', 'Streamed answers', 'Asked like a query, answered in numbered frames with an explicit end.'],
  [
    'command',
    'Commands',
    'JetStream stream `CMD`, work queue, one durable per subject: wake-ups for rows that hold the work.',
  ],
  [
    'event',
    'Events',
    'JetStream stream `EVT`, kept 7 days; the subject ends with the domain id, so that one domain can be followed.',
  ],
];

const bySubject = [...catalogue].sort((left, right) => left.subject.localeCompare(right.subject));

/** docs/messages.md: every message of the catalogue with its subject and its fields. */
export const renderMessages = (): string =>
  [
    '# Messages',
    generated,
    'One declaration in `shared/contracts/` is subject, schema and type. Streams, durables, this page and the tests are derived from the list in `shared/contracts/catalogue.ts`. A field with `?` may be left out.',
    ...headings.flatMap(([kind, title, words]) => [
      `## ${title}`,
      words,
      ...bySubject.filter((contract) => contract.kind === kind).map(renderContract),
    ]),
  ].join('\n\n') + '\n';

const renderContract = (contract: Contract): string => {
  switch (contract.kind) {
    case 'query':
      return `### \`${contract.subject}\`\n\n- asks: ${fields(contract.input)}\n- answers: ${fields(contract.output)}`;
    case 'stream':
      return `### \`${contract.subject}\`\n\n- asks: ${fields(contract.input)}\n- frames: ${variants(contract.frame)}`;
    case 'command':
    case 'event':
      return `### ${contract.name}\n\n- subject: \`${contract.subject}${contract.kind === 'event' ? '.<domain_id>' : ''}\`\n- data: ${fields(contract.data)}`;
  }
};

const objectSchema = z.object({
  properties: z.record(z.string(), z.unknown()).default({}),
  required: z.array(z.string()).default([]),
});

const fields = (schema: z.ZodType): string => {
  const { properties, required } = objectSchema.parse(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
  const names = Object.keys(properties).map((name) => `\`${name}${required.includes(name) ? '' : '?'}\``);
  return names.length === 0 ? 'nothing' : names.join(', ');
};

const variants = (schema: z.ZodType): string =>
  schema instanceof z.ZodDiscriminatedUnion
    ? schema.options.map((option) => `(${fields(option as z.ZodType)})`).join(', ')
    : fields(schema);

/** docs/errors.md: every failure code with what the outside is told. */
export const renderErrors = (): string =>
  [
    '# Error codes',
    generated,
    'Every refusal is `application/problem+json` (RFC 9457). `code` is stable: compare it, not the words. “Again” says whether trying again without a change can help; then `Retry-After` says when.',
    [
      '| code | status | what it means | again |',
      '| --- | --- | --- | --- |',
      ...Object.entries(codes).map(
        ([code, { status, title, retryable }]) =>
          `| <a id="${code}"></a>\`${code}\` | ${status} | ${title} | ${retryable ? 'yes' : 'no'} |`,
      ),
    ].join('\n'),
  ].join('\n\n') + '\n';
