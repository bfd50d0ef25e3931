import { z } from 'zod';
import { problem } from '../../shared/contracts/http/problem.ts';
import { codes, type Code } from '../../shared/errors/codes.ts';
import type { Credential } from './auth/credentials.ts';
import type { Declaration } from './http/route.ts';

type Json = Readonly<Record<string, unknown>>;

/** The description of every declared endpoint, OpenAPI 3.1. Made from the same declarations that are mounted. */
export const describeApi = (declarations: readonly Declaration[]): Json => {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const declaration of declarations) {
    (paths[openApiPath(declaration.path)] ??= {})[declaration.method] = operationOf(declaration);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Parley',
      version: '1',
      description: 'A support agent for any website. Errors are RFC 9457 problem documents with a stable `code`.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      securitySchemes: {
        adminKey: { type: 'http', scheme: 'bearer', description: 'ADMIN_API_KEY' },
        domainKey: { type: 'http', scheme: 'bearer', description: 'The API key shown at registration' },
        domainId: {
          type: 'apiKey',
          in: 'header',
          name: 'X-Domain-ID',
          description: 'Public; wants an Origin or Referer of the domain',
        },
      },
      schemas: { Problem: schemaOf(problem, 'output') },
      responses: {
        Problem: {
          description: 'A problem',
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
    },
    'x-error-codes': Object.entries(codes).map(([code, { status, title, retryable }]) => ({
      code,
      status,
      title,
      retryable,
    })),
  };
};

/** `/sessions/:id` as OpenAPI writes it: `/sessions/{id}`. */
export const openApiPath = (path: string): string => path.replace(/:([a-z_]+)/g, '{$1}');

const operationOf = (declaration: Declaration): Json => {
  const { method, path, tag, summary, description, input } = declaration;
  const body = bodyOf(declaration);
  return {
    operationId: `${method}${path.replace(/[/:-]+/g, '_')}`.replace(/_$/, ''),
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    security: securityOf[declaration.credential],
    parameters: [
      ...parametersOf('path', input.shape['params']),
      ...parametersOf('query', input.shape['query']),
      ...headersOf(declaration),
    ],
    ...(body === undefined ? {} : { requestBody: body }),
    responses: {
      200: { description: 'Done', content: answersOf(declaration) },
      ...failuresOf(declaration.failures ?? []),
      default: { $ref: '#/components/responses/Problem' },
    },
  };
};

const securityOf: Record<Credential, readonly Json[]> = {
  none: [{}],
  admin: [{ adminKey: [] }],
  visitor: [{ domainId: [] }, { domainKey: [] }, { adminKey: [], domainId: [] }],
  knowledge: [{ domainKey: [] }, { domainId: [] }, { adminKey: [], domainId: [] }],
  owner: [{ domainKey: [] }, { adminKey: [], domainId: [] }],
  tenant: [{ adminKey: [] }, { domainKey: [] }],
  'path-domain': [{ domainKey: [] }, { adminKey: [] }],
};

const parametersOf = (place: 'path' | 'query', schema: unknown): readonly Json[] => {
  if (!(schema instanceof z.ZodObject)) return [];
  const { properties = {}, required = [] } = schemaOf(schema, 'input');
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: property,
  }));
};

const headersOf = ({ isIdempotent, events }: Declaration): readonly Json[] => [
  ...(isIdempotent === true
    ? [
        {
          name: 'Idempotency-Key',
          in: 'header',
          required: false,
          description: 'The same key and body give the same answer for 24 hours.',
          schema: { type: 'string', minLength: 1, maxLength: 255 },
        },
      ]
    : []),
  ...(events === 'always'
    ? [{ name: 'Last-Event-ID', in: 'header', required: false, schema: { type: 'string', pattern: '^\\d{1,15}$' } }]
    : []),
];

const bodyOf = ({ input, form }: Declaration): Json | undefined => {
  if (form !== undefined) {
    const fields = schemaOf(form, 'input');
    const properties = { file: { type: 'string', contentMediaType: 'application/octet-stream' }, ...fields.properties };
    return {
      required: true,
      content: { 'multipart/form-data': { schema: { ...fields, properties, required: ['file'] } } },
    };
  }
  const body: unknown = input.shape['body'];
  return body instanceof z.ZodType
    ? { required: true, content: { 'application/json': { schema: schemaOf(body, 'input') } } }
    : undefined;
};

const answersOf = ({ output, events, contentType = 'application/json' }: Declaration): Json => {
  const schema = schemaOf(output, 'output');
  const stream = { 'text/event-stream': { schema: { type: 'string' } } };
  if (events === 'always') return stream;
  return { [contentType]: { schema }, ...(events === 'on-accept' ? stream : {}) };
};

const failuresOf = (failures: readonly Code[]): Json => {
  const byStatus = new Map<number, Code[]>();
  for (const code of failures) byStatus.set(codes[code].status, [...(byStatus.get(codes[code].status) ?? []), code]);
  return Object.fromEntries(
    [...byStatus].map(([status, named]) => [
      status,
      {
        description: named.map((code) => `\`${code}\`: ${codes[code].title}`).join('. '),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  );
};

interface JsonSchema extends Json {
  readonly properties?: Json | undefined;
  readonly required?: readonly string[] | undefined;
}

const jsonSchema: z.ZodType<JsonSchema> = z.looseObject({
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
});

/** The dialect is OpenAPI 3.1's own, so it is not named again in every schema. */
const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): JsonSchema =>
  jsonSchema.parse({ ...z.toJSONSchema(schema, { io, unrepresentable: 'any' }), $schema: undefined });
