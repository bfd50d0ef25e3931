import { isObject, listOf, numberOf, objectOf, textOf, textsOf, type Json } from '../http/json.ts';

/** One row of a schema: a member, and by its depth whose member it is. */
export interface Field {
  readonly name: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly description: string;
  /** Bounds and choices in words: "1 to 100", "default 20". */
  readonly notes: readonly string[];
  readonly depth: number;
  /** A value that would be accepted. */
  readonly sample: unknown;
}

const depthMax = 4;
const refsMax = 10;

/** Follows `$ref` inside the same document; anything else is itself. */
export const resolve = (document: Json, value: unknown): Json => {
  let current = objectOf(value);
  for (let step = 0; step < refsMax && typeof current['$ref'] === 'string'; step += 1) {
    const steps = current['$ref'].replace(/^#\//, '').split('/');
    const names = steps.map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
    current = objectOf(names.reduce<unknown>((place, name) => objectOf(place)[name], document));
  }
  return current;
};

/** The members of an object schema, those of its members below them, down to four levels. */
export const fieldsOf = (document: Json, schema: unknown, depth = 0): readonly Field[] => {
  const resolved = memberSchema(document, schema);
  const required = new Set(textsOf(resolved['required']));
  if (depth >= depthMax) return [];
  return Object.entries(objectOf(resolved['properties'])).flatMap(([name, raw]) => {
    const member = plain(document, raw);
    const field: Field = {
      name,
      type: typeOf(document, raw),
      isRequired: required.has(name),
      description: textOf(resolve(document, raw)['description']) || textOf(member['description']),
      notes: notesOf(member),
      depth,
      sample: samplesByName[name] ?? sampleOf(document, raw),
    };
    return [field, ...fieldsOf(document, raw, depth + 1)];
  });
};

/** An object itself, the items of a list, or the first of several shapes that has members. */
const memberSchema = (document: Json, schema: unknown): Json => {
  const resolved = plain(document, schema);
  if (isObject(resolved['items'])) return memberSchema(document, resolved['items']);
  if (isObject(resolved['properties'])) return resolved;
  const choices = [...listOf(resolved['anyOf']), ...listOf(resolved['oneOf'])].map((choice) =>
    resolve(document, choice),
  );
  const parts = listOf(resolved['allOf']).map((part) => memberSchema(document, part));
  if (parts.length > 0) {
    return {
      properties: Object.fromEntries(parts.flatMap((part) => Object.entries(objectOf(part['properties'])))),
      required: parts.flatMap((part) => textsOf(part['required'])),
    };
  }
  return choices.find((choice) => isObject(choice['properties'])) ?? resolved;
};

/** Without the wrapping that only says "or null". */
const plain = (document: Json, schema: unknown): Json => {
  const resolved = resolve(document, schema);
  const choices = [...listOf(resolved['anyOf']), ...listOf(resolved['oneOf'])]
    .map((choice) => resolve(document, choice))
    .filter(({ type }) => type !== 'null');
  return choices.length === 1 && choices[0] !== undefined ? { ...choices[0], ...describedBy(resolved) } : resolved;
};

const describedBy = ({ description }: Json): Json => (typeof description === 'string' ? { description } : {});

const typeOf = (document: Json, schema: unknown): string => {
  const resolved = resolve(document, schema);
  const choices = [...listOf(resolved['anyOf']), ...listOf(resolved['oneOf'])];
  if (choices.length > 0) return [...new Set(choices.map((choice) => typeOf(document, choice)))].join(' or ');
  if (Array.isArray(resolved['type'])) return textsOf(resolved['type']).join(' or ');
  const type = textOf(resolved['type']);
  if (type === 'array') return `list of ${typeOf(document, resolved['items'])}`;
  if (resolved['const'] !== undefined) return JSON.stringify(resolved['const']);
  if (resolved['format'] === 'binary' || resolved['contentMediaType'] !== undefined) return 'file';
  return textOf(resolved['format']) || type || 'any';
};

const notesOf = (schema: Json): readonly string[] => {
  const range = (low: unknown, high: unknown, unit: string): string => {
    const [from, to] = [numberOf(low), numberOf(high)];
    // A schema made from code states the limits of the number type as well; nobody needs to read those.
    const hasTo = to !== undefined && to < Number.MAX_SAFE_INTEGER;
    const hasFrom = from !== undefined && from > Number.MIN_SAFE_INTEGER;
    if (hasFrom && hasTo) return `${from.toString()} to ${to.toString()}${unit}`;
    if (hasTo) return `at most ${to.toString()}${unit}`;
    return hasFrom && from !== 0 ? `at least ${from.toString()}${unit}` : '';
  };
  const choices = textsOf(schema['enum']);
  return [
    choices.length > 0 ? `one of ${choices.join(', ')}` : '',
    range(schema['minimum'], schema['maximum'], ''),
    range(schema['minLength'], schema['maxLength'], ' characters'),
    range(schema['minItems'], schema['maxItems'], ' items'),
    schema['default'] === undefined ? '' : `default ${JSON.stringify(schema['default'])}`,
  ].filter((note) => note !== '');
};

/** A value of that shape, for the example to copy. */
export const sampleOf = (document: Json, schema: unknown, depth = 0): unknown => {
  const resolved = plain(document, schema);
  const [firstExample] = listOf(resolved['examples']);
  const told = resolved['example'] ?? firstExample ?? resolved['default'] ?? resolved['const'];
  if (told !== undefined) return told;
  const [choice] = listOf(resolved['enum']);
  if (choice !== undefined) return choice;
  const type = textsOf(resolved['type'])[0] ?? textOf(resolved['type']);
  if (type === 'array') return depth >= depthMax ? [] : [sampleOf(document, resolved['items'], depth + 1)];
  if (type === 'object' || isObject(resolved['properties'])) {
    const members = Object.entries(objectOf(resolved['properties']));
    return Object.fromEntries(
      depth >= depthMax
        ? []
        : members.map(([name, member]) => [name, samplesByName[name] ?? sampleOf(document, member, depth + 1)]),
    );
  }
  if (type === 'integer' || type === 'number') return Math.max(1, numberOf(resolved['minimum']) ?? 1);
  if (type === 'boolean') return true;
  return sampleText(textOf(resolved['format']));
};

/** Fields whose meaning their schema cannot tell. */
const samplesByName: Readonly<Record<string, unknown>> = {
  domain_name: 'example.com',
  question: 'How long does delivery take?',
  answer: 'Standard delivery takes 2 to 4 working days [1].',
  user_id: 'anonymous',
  text_content: 'Gift cards are valid for three years.',
  document_name: 'Gift cards',
  url_to_scrape: 'https://example.com/help',
  website_url: 'https://example.com',
  api_key: 'pk_…',
};

const sampleText = (format: string): string => {
  if (format === 'uuid') return '3f2b8c1e-7a54-4c0e-9b1f-2d6a5e8c4b70';
  if (format === 'uri') return 'https://example.com';
  return format === 'date-time' ? '2026-01-31T09:30:00Z' : 'text';
};
