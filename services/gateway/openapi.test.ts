import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { codes } from '../../shared/errors/codes.ts';
import { describeApi, openApiPath } from './openapi.ts';
import { endpoints } from './routes/index.ts';

const api = z
  .object({
    openapi: z.literal('3.1.0'),
    paths: z.record(z.string(), z.record(z.string(), z.looseObject({ operationId: z.string() }))),
  })
  .loose()
  .parse(JSON.parse(JSON.stringify(describeApi(endpoints))));

const declared = endpoints.map(({ method, path }) => `${method} ${openApiPath(path)}`).sort();
const described = Object.entries(api.paths)
  .flatMap(([path, operations]) => Object.keys(operations).map((method) => `${method} ${path}`))
  .sort();

describe('the API description', () => {
  it('lists exactly the endpoints that are declared, each once', () => {
    expect(described).toEqual(declared);
    expect(new Set(declared).size).toBe(declared.length);
  });

  it('names every operation once', () => {
    const names = Object.values(api.paths).flatMap((path) => Object.values(path).map(({ operationId }) => operationId));
    expect(new Set(names).size).toBe(names.length);
  });

  it('declares every parameter that a path names', () => {
    for (const { path, input } of endpoints) {
      const named = [...path.matchAll(/:([a-z_]+)/g)].map(([, name]) => name);
      const params: unknown = input.shape['params'];
      const known = params instanceof z.ZodObject ? Object.keys(params.shape) : [];
      expect(known, path).toEqual(named);
    }
  });

  it('holds every inherited endpoint', () => {
    const inherited = [
      'post /register-domain',
      'post /session',
      'post /ask',
      'post /knowledge/upload/file',
      'post /knowledge/upload/text',
      'post /knowledge/upload/url',
      'get /knowledge/supported-types',
      'post /scrape',
      'post /scrape-website',
      'get /sessions/{session_id}',
      'get /sessions',
      'get /conversations/{session_id}',
      'get /sessions/{session_id}/conversations',
      'get /agents',
      'get /knowledge-bases',
      'get /health',
    ];
    expect(described).toEqual(expect.arrayContaining(inherited));
  });

  it('lists every error code', () => {
    const listed = z.array(z.object({ code: z.string() })).parse(api['x-error-codes']);
    expect(listed.map(({ code }) => code)).toEqual(Object.keys(codes));
  });
});
