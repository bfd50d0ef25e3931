import { isObject, listOf, objectOf, textOf, textsOf, type Json } from '../http/json.ts';
import { fieldsOf, resolve, sampleOf, type Field } from './read-schema.ts';

export interface Answer {
  readonly status: string;
  readonly description: string;
  readonly mediaTypes: readonly string[];
  readonly fields: readonly Field[];
  /** Undefined where the answer is not JSON. */
  readonly sample: unknown;
}

export interface Operation {
  /** Unique on the page, and the anchor of the operation. */
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description: string;
  /** The ways to say who is calling, each a set of schemes that go together; empty when anybody may. */
  readonly credentials: readonly (readonly string[])[];
  readonly parameters: readonly (Field & { readonly place: string })[];
  readonly bodyType: string;
  readonly body: readonly Field[];
  readonly answers: readonly Answer[];
}

export interface Group {
  readonly tag: string;
  readonly description: string;
  readonly operations: readonly Operation[];
}

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** In the order in which a newcomer meets them; a tag that is not here comes last. */
const tagOrder = ['registration', 'domains', 'knowledge', 'conversation', 'memory', 'operation'];

/** The operations of an OpenAPI 3 description, grouped by their first tag. */
export const readOpenApi = (document: Json): readonly Group[] => {
  const operations = Object.entries(objectOf(document['paths'])).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = objectOf(item)[method];
      return isObject(operation) ? [operationOf(document, { path, method, operation, item: objectOf(item) })] : [];
    }),
  );
  const told = listOf(document['tags']).map(objectOf);
  const tags = new Set([...told.map(({ name }) => textOf(name)), ...operations.map(({ tag }) => tag)]);
  const rank = (tag: string): number => (tagOrder.indexOf(tag) + tagOrder.length + 1) % (tagOrder.length + 1);
  return [...tags]
    .sort((a, b) => rank(a) - rank(b))
    .map((tag) => ({
      tag,
      description: textOf(told.find(({ name }) => name === tag)?.['description']),
      operations: operations.filter((operation) => operation.tag === tag),
    }))
    .filter((group) => group.operations.length > 0);
};

interface Place {
  readonly path: string;
  readonly method: string;
  readonly operation: Json;
  readonly item: Json;
}

const operationOf = (document: Json, { path, method, operation, item }: Place): Operation => {
  const content = Object.entries(objectOf(resolve(document, operation['requestBody'])['content']));
  const [bodyType, media] = content[0] ?? ['', {}];
  const security = listOf(operation['security'] ?? document['security']);
  return {
    id: `${method}${path.replace(/[^a-z0-9]+/gi, '-')}`.replace(/-$/, ''),
    method: method.toUpperCase(),
    path,
    tag: textsOf(operation['tags'])[0] ?? 'other',
    summary: textOf(operation['summary']),
    description: textOf(operation['description']),
    credentials: security.map((option) => Object.keys(objectOf(option))).filter((schemes) => schemes.length > 0),
    parameters: [...listOf(item['parameters']), ...listOf(operation['parameters'])].map((raw) =>
      parameterOf(document, raw),
    ),
    bodyType,
    body: fieldsOf(document, objectOf(media)['schema']),
    answers: Object.entries(objectOf(operation['responses'])).map(([status, raw]) => answerOf(document, status, raw)),
  };
};

const parameterOf = (document: Json, raw: unknown): Field & { readonly place: string } => {
  const parameter = resolve(document, raw);
  const [field] = fieldsOf(document, {
    type: 'object',
    properties: { [textOf(parameter['name'])]: parameter['schema'] },
    required: parameter['required'] === true ? [textOf(parameter['name'])] : [],
  });
  return {
    name: textOf(parameter['name']),
    type: field?.type ?? '',
    isRequired: parameter['required'] === true,
    notes: field?.notes ?? [],
    depth: 0,
    sample: field?.sample,
    description: textOf(parameter['description']) || (field?.description ?? ''),
    place: textOf(parameter['in']),
  };
};

const answerOf = (document: Json, status: string, raw: unknown): Answer => {
  const answer = resolve(document, raw);
  const content = Object.entries(objectOf(answer['content']));
  const json = content.find(([type]) => type === 'application/json');
  const schema = objectOf(json?.[1])['schema'];
  return {
    status,
    description: textOf(answer['description']),
    mediaTypes: content.map(([type]) => type),
    fields: fieldsOf(document, schema),
    sample: schema === undefined ? undefined : sampleOf(document, schema),
  };
};
