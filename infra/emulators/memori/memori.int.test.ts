import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { callJson, type Answer } from '../support/answer.ts';
import { startMemoriEmulator, type MemoriEmulator } from './serve.ts';

let emulator: MemoriEmulator;

beforeEach(async () => {
  emulator = await startMemoriEmulator({ port: 0 });
});

afterEach(() => emulator.stop());

const control = (route: string, body?: unknown): Promise<Answer> =>
  callJson(`${emulator.url}/__emulator${route}`, { method: body === undefined ? 'GET' : 'POST', body });

const chat = (token: string, user: string, content: string, to = emulator): Promise<Answer> =>
  callJson(`${to.baseUrl}/v1/chat`, {
    method: 'POST',
    token,
    body: {
      context: { assistant_id: 'support-bot', session_id: 's', user_id: user },
      messages: [{ role: 'user', content }],
      model: 'gpt-4o-mini',
      temperature: 0.7,
    },
  });

describe('the chat API', () => {
  it('remembers what a user said, for that user and that key only', async () => {
    expect((await chat('key-a', 'ada', 'My order number is A-1042.')).body).toMatchObject({
      conversation_stored: true,
    });
    expect((await chat('key-a', 'ada', 'Which order number is mine?')).text('response')).toContain('A-1042');
    expect((await chat('key-a', 'bob', 'Which order number is mine?')).text('response')).toBe('');
    expect((await chat('key-b', 'ada', 'Which order number is mine?')).text('response')).toBe('');
  });

  it('an empty content reads without storing', async () => {
    await chat('key', 'ada', 'I live in Oslo.');
    for (const attempt of [1, 2]) {
      const read = await chat('key', 'ada', '');
      expect(read.body, `attempt ${attempt.toString()}`).toEqual({
        response: 'I live in Oslo.',
        memory_context: { memories_used: 1 },
        conversation_stored: false,
      });
    }
  });

  it('refuses bad keys with 401 and bad bodies with 422', async () => {
    expect(await chat('an-invalid-key', 'ada', 'Hi')).toMatchObject({
      status: 401,
      body: { error: 'Invalid API key' },
    });
    const bad = await callJson(`${emulator.baseUrl}/v1/chat`, { method: 'POST', token: 'key', body: { messages: [] } });
    expect(bad.status).toBe(422);
    expect((await control('/violations')).at('violations.0.path')).toBe('/v1/chat');
  });

  it('fails as it is told to', async () => {
    await control('/faults', { match: { path: '/v1/chat' }, action: 'status', status: 429, retry_after: 2 });
    const limited = await chat('key', 'ada', 'Hi');
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '2']);
    expect((await chat('key', 'ada', 'Hi')).status).toBe(200);
  });

  it('memories survive a restart', async () => {
    const dataDir = await mkdtemp(path.join(tmpdir(), 'memori-'));
    const before = await startMemoriEmulator({ port: 0, dataDir });
    await chat('key', 'ada', 'I live in Oslo.', before);
    await before.stop();
    const after = await startMemoriEmulator({ port: 0, dataDir });
    expect((await chat('key', 'ada', '', after)).text('response')).toBe('I live in Oslo.');
    await after.stop();
    await rm(dataDir, { recursive: true });
  });
});

it.each([
  ['a-good-key', 200, true],
  ['a-revoked-key', 200, false],
  ['an-invalid-key', 401, undefined],
])('validation of %s answers %i', async (token, status, valid) => {
  const answer = await callJson(emulator.validateUrl, { method: 'POST', token });
  expect([answer.status, answer.at('valid')]).toEqual([status, valid]);
});

describe('the cloud API', () => {
  const cloud = async (route: string, body: unknown, key = 'key') => {
    const response = await fetch(`${emulator.baseUrl}/v1/cloud/${route}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'x-memori-api-key': 'public', 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: await response.json() };
  };
  const attribution = { entity: { id: 'ada' }, process: { id: 'shop' } };
  const session = { id: 's' };
  const recall = (query: string, key?: string) => cloud('recall', { attribution, query, session }, key);
  const augment = () =>
    cloud('augmentation', {
      conversation: { messages: [{ role: 'user', content: 'I prefer green kettles.' }], summary: null },
      meta: { attribution, sdk: { lang: 'js', version: '1' } },
      session,
    });

  it('messages are stored with 201 and come back as history', async () => {
    const messages = [{ role: 'user', type: 'text', text: 'Hello' }];
    expect((await cloud('conversation/messages', { attribution, messages, session })).status).toBe(201);
    expect((await recall('anything')).body).toMatchObject({
      facts: [],
      messages: [{ role: 'user', content: 'Hello' }],
    });
  });

  it('facts can be recalled some time after an augmentation, under their own key only', async () => {
    await control('/settings', { augmentation_ms: 100 });
    expect((await augment()).status).toBe(200);
    expect((await recall('green kettles')).body).toMatchObject({ facts: [] });
    await vi.waitFor(async () => {
      expect((await recall('green kettles')).body).toMatchObject({
        facts: [{ content: 'I prefer green kettles.', rank_score: 1 }],
      });
    });
    expect((await recall('green kettles', 'other')).body).toMatchObject({ facts: [] });
  });

  it.each(['results', 'memories', 'data'])('recalled facts can come as %s', async (shape) => {
    await control('/settings', { recall_shape: shape });
    await augment();
    expect((await recall('kettles')).body).toMatchObject({ [shape]: [{ content: 'I prefer green kettles.' }] });
  });

  it('recalled facts can come as a bare list or as strings', async () => {
    await augment();
    await control('/settings', { recall_shape: 'list' });
    expect((await recall('kettles')).body).toMatchObject([{ content: 'I prefer green kettles.' }]);
    await control('/settings', { recall_shape: 'strings' });
    expect((await recall('kettles')).body).toMatchObject({ facts: ['I prefer green kettles.'] });
  });

  it('refuses a missing second key, an empty query and an unknown route', async () => {
    const missing = await callJson(`${emulator.baseUrl}/v1/cloud/recall`, { method: 'POST', token: 'key', body: {} });
    expect(missing).toMatchObject({ status: 401, body: { message: 'Invalid API key' } });
    expect((await recall('')).status).toBe(422);
    expect((await cloud('forget', {})).status).toBe(501);
  });
});
