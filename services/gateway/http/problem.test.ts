import { describe, expect, it } from 'vitest';
import { problem } from '../../../shared/contracts/http/problem.ts';
import { codes, isCode } from '../../../shared/errors/codes.ts';
import { Failure } from '../../../shared/errors/failure.ts';
import { problemOf } from './problem.ts';

const place = { requestId: 'r-1', path: '/ask' };
const allCodes = Object.keys(codes).filter(isCode);

describe('a failure told to the outside', () => {
  it.each(allCodes)('%s is a problem document with its own status and code', (code) => {
    const told = problem.parse(problemOf(new Failure(code), place));
    expect(told).toMatchObject({ code, status: codes[code].status, type: `/docs/errors#${code}`, request_id: 'r-1' });
    expect(told.instance).toBe('r-1');
  });

  it.each(allCodes.filter((code) => [429, 503].includes(codes[code].status)))('%s says when to come back', (code) => {
    expect(problemOf(new Failure(code), place).retry_after).toBeGreaterThan(0);
  });

  it('rounds the time to come back up to whole seconds', () => {
    expect(problemOf(new Failure('agent_deploying', { retryAfterMs: 2_100 }), place).retry_after).toBe(3);
    expect(problemOf(new Failure('rate_limited', { retryAfterMs: 0 }), place).retry_after).toBe(1);
  });

  it('carries extensions, which never replace the members of the standard', () => {
    const failure = new Failure('domain_taken', {
      extensions: { existing_domain: 'acme.example', status: 200, code: 'x' },
    });
    expect(problemOf(failure, place)).toMatchObject({
      existing_domain: 'acme.example',
      status: 409,
      code: 'domain_taken',
    });
  });

  it.each(['/knowledge/upload/file', '/scrape', '/scrape-website'])('on %s has the inherited fields too', (path) => {
    const told = problemOf(new Failure('document_empty', { detail: 'no text' }), { ...place, path });
    expect(told).toMatchObject({ success: false, message: 'no text', detail: 'no text' });
  });

  it('elsewhere has no such fields', () => {
    expect(problemOf(new Failure('document_empty'), place)).not.toHaveProperty('success');
  });

  it('never tells the cause', () => {
    const failure = new Failure('internal', { cause: new Error('postgres://user:secret@db') });
    expect(JSON.stringify(problemOf(failure, place))).not.toContain('secret');
  });
});
