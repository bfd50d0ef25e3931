import { describe, expect, it } from 'vitest';
import { curlFor } from './curl.ts';
import { readOpenApi } from './read-openapi.ts';

const document = {
  openapi: '3.1.0',
  paths: {
    '/ask': {
      post: {
        tags: ['conversation'],
        summary: 'Ask a question',
        security: [{ domainId: [] }, { domainKey: [] }],
        requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Ask' } } } },
        responses: {
          200: {
            description: 'Done',
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Answer' } } },
          },
          503: { description: '`agent_deploying`' },
        },
      },
    },
    '/domains/{domain_id}': {
      delete: {
        tags: ['domains'],
        security: [{ adminKey: [] }],
        parameters: [{ name: 'domain_id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } }],
        responses: {},
      },
    },
  },
  components: {
    schemas: {
      Ask: {
        type: 'object',
        required: ['question'],
        properties: {
          question: { type: 'string', maxLength: 4000 },
          user_id: { anyOf: [{ type: 'string' }, { type: 'null' }] },
        },
      },
      Answer: {
        type: 'object',
        properties: {
          citations: { type: 'array', items: { type: 'object', properties: { index: { type: 'integer' } } } },
        },
      },
    },
  },
};

const operations = readOpenApi(document).flatMap((group) => group.operations);
const ask = operations.find(({ path }) => path === '/ask')!;
const remove = operations.find(({ method }) => method === 'DELETE')!;

describe('the API reference', () => {
  it('groups by tag in the order of a newcomer', () => {
    expect(readOpenApi(document).map(({ tag }) => tag)).toEqual(['domains', 'conversation']);
  });

  it('follows references and tells type, need and bounds of each field', () => {
    expect(ask.body).toMatchObject([
      { name: 'question', type: 'string', isRequired: true, notes: ['at most 4000 characters'] },
      { name: 'user_id', type: 'string or null', isRequired: false },
    ]);
    expect(ask.answers[0]?.fields.map(({ name, depth }) => [name, depth])).toEqual([
      ['citations', 0],
      ['index', 1],
    ]);
  });

  it('survives a description that refers to itself', () => {
    const node = { type: 'object', properties: { next: { $ref: '#/components/schemas/Node' } } };
    const loop = {
      paths: { '/x': { get: { responses: { 200: { content: { 'application/json': { schema: node } } } } } } },
      components: { schemas: { Node: node, Self: { $ref: '#/components/schemas/Self' } } },
    };
    expect(readOpenApi(loop)[0]?.operations[0]?.answers[0]?.fields.length).toBeLessThan(10);
    expect(readOpenApi({})).toEqual([]);
  });

  it('writes a call that a shell takes as it is, with the key where a key opens the route', () => {
    const context = { origin: 'http://localhost:8000', known: { api_key: "it's" } };
    expect(curlFor(ask, context)).toBe(
      [
        "curl -X POST 'http://localhost:8000/ask' \\",
        "  -H 'Authorization: Bearer it'\\''s' \\",
        "  -H 'Content-Type: application/json' \\",
        `  -d '{\n  "question": "How long does delivery take?"\n}'`,
      ].join('\n'),
    );
  });

  it('names what it does not know as a variable', () => {
    expect(curlFor(remove, { origin: 'http://localhost:8000', known: {} })).toBe(
      'curl -X DELETE "http://localhost:8000/domains/$DOMAIN_ID" \\\n  -H "Authorization: Bearer $ADMIN_API_KEY"',
    );
  });
});
