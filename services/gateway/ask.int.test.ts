import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask, type AnswerFrame } from '../../shared/contracts/chat.ts';
import { getDomain } from '../../shared/contracts/provisioning.ts';
import type { Call } from '../../shared/bus/port.ts';
import { Failure } from '../../shared/errors/failure.ts';
import { acmeId, acmeKey, aDomain, anAnswer, messageId, sessionId } from './testing/builders.ts';
import { openStream } from './testing/open-stream.ts';
import { script, scriptTwoDomains } from './testing/scripted.ts';
import { eventsIn, send } from './testing/send.ts';
import { startTestGateway, type TestGateway } from './testing/start.ts';

const page = { 'x-domain-id': acmeId, origin: 'https://acme.example' };
const body = { question: 'May I return it?', session_id: sessionId, user_id: 'anna' };
const meta: AnswerFrame = { type: 'meta', message_id: messageId, session_id: sessionId };
const whole: readonly AnswerFrame[] = [
  meta,
  { type: 'token', text: 'Within 30 ' },
  { type: 'token', text: 'days [1].' },
  { type: 'citation', citation: anAnswer().citations[0]! },
  { type: 'end', answer: anAnswer() },
];

type Answering = (input: Record<string, unknown>, call: Call) => AsyncIterable<AnswerFrame>;

describe('POST /ask', () => {
  let gateway: TestGateway;
  let answering: Answering;
  let asked: Record<string, unknown>[];

  beforeEach(async () => {
    gateway = await startTestGateway({ LOG_LEVEL: 'debug' });
    asked = [];
    answering = async function* () {
      yield* whole;
    };
    await scriptTwoDomains(gateway.bus);
    await gateway.bus.answerStream(ask, async function* (input, call) {
      asked.push(input);
      yield* answering(input, call);
    });
  });
  afterEach(() => gateway.stop());

  it('answers whole, with the inherited fields and ours', async () => {
    const reply = await send(gateway, '/ask', { headers: page, body });
    expect(reply.status).toBe(200);
    expect(reply.json).toEqual(anAnswer());
    const input = {
      domain_id: acmeId,
      question: body.question,
      session_id: sessionId,
      user_id: 'anna',
      is_whole: true,
    };
    expect(asked).toEqual([{ ...input, client_message_id: expect.any(String) as string }]);
  });

  it('takes what the original widget sends: nulls and members nobody knows', async () => {
    const old = { ...body, user_id: null, website_context: '', page_title: 'Shop' };
    const reply = await send(gateway, '/ask', { headers: page, body: old });
    expect(reply.status).toBe(200);
    const input = { domain_id: acmeId, question: body.question, session_id: sessionId, is_whole: true };
    expect(asked[0]).toEqual({ ...input, client_message_id: expect.any(String) as string });
  });

  it('streams the frames in order, each with an id to tell it by', async () => {
    const reply = await send(gateway, '/ask', {
      headers: { ...page, accept: 'text/event-stream, application/json' },
      body,
    });
    expect(reply.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(reply.headers.get('cache-control')).toBe('no-cache, no-transform');
    expect(reply.headers.get('x-accel-buffering')).toBe('no');
    expect(reply.headers.get('access-control-allow-origin')).toBe(page.origin);
    expect(reply.text).toMatch(/^retry: 2000\n\n/);
    const events = eventsIn(reply.text);
    expect(events.map(({ event }) => event)).toEqual(['meta', 'token', 'token', 'citation', 'end']);
    expect(events.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5].map((n) => `${messageId}:${n}`));
    expect(events.map(({ data }) => data)).toEqual([
      { message_id: messageId, session_id: sessionId },
      { text: 'Within 30 ' },
      { text: 'days [1].' },
      anAnswer().citations[0],
      anAnswer(),
    ]);
  });

  it('hands the client message id on, from the body or the Idempotency-Key', async () => {
    await send(gateway, '/ask', { headers: page, body: { ...body, client_message_id: 'm-1' } });
    await send(gateway, '/ask', { headers: { ...page, 'idempotency-key': 'm-2' }, body });
    expect(asked.map((input) => input['client_message_id'])).toEqual(['m-1', 'm-2']);
  });

  it.each(['application/json', 'text/event-stream'])(
    'answers 503 agent_deploying with Retry-After before the first frame (%s)',
    async (accept) => {
      // eslint-disable-next-line require-yield -- it fails before its first frame
      answering = async function* () {
        throw new Failure('agent_deploying', {
          retryAfterMs: 4_500,
          extensions: { deployment_state: 'waiting_running' },
        });
      };
      const reply = await send(gateway, '/ask', { headers: { ...page, accept }, body });
      expect([reply.status, reply.json.code]).toEqual([503, 'agent_deploying']);
      expect(reply.json.deployment_state).toBe('waiting_running');
      expect(reply.headers.get('retry-after')).toBe('5');
    },
  );

  it('answers 503 when nobody answers for chat', async () => {
    const alone = await startTestGateway();
    await scriptTwoDomains(alone.bus);
    const reply = await send(alone, '/ask', { headers: { ...page, accept: 'text/event-stream' }, body });
    expect([reply.status, reply.json.code]).toEqual([503, 'service_unavailable']);
    expect(reply.headers.get('retry-after')).toBeTruthy();
    await alone.stop();
  });

  it('tells a failure in the middle as an error event with its code', async () => {
    answering = async function* () {
      yield meta;
      yield { type: 'token', text: 'With' };
      throw new Failure('agent_unavailable', { retryAfterMs: 1_000 });
    };
    const reply = await send(gateway, '/ask', { headers: { ...page, accept: 'text/event-stream' }, body });
    expect(reply.status).toBe(200);
    const last = eventsIn(reply.text).at(-1);
    expect(last?.event).toBe('error');
    expect(last?.data).toMatchObject({ code: 'agent_unavailable', status: 503, retry_after: 1 });
  });

  describe('when the process that answers dies', () => {
    const died = () => new Failure('service_unavailable', { detail: 'The answer was cut off' });
    const dying = (...frames: readonly AnswerFrame[]): void => {
      answering = async function* () {
        if (asked.length > 1) return yield* whole;
        yield* frames;
        throw died();
      };
    };
    const ask = async () =>
      eventsIn((await send(gateway, '/ask', { headers: { ...page, accept: 'text/event-stream' }, body })).text);

    it('before a word, the question is asked once more under the same id, unseen', async () => {
      dying(meta);
      expect((await ask()).map(({ event }) => event)).toEqual(['meta', 'meta', 'token', 'token', 'citation', 'end']);
      expect(asked).toHaveLength(2);
      expect(asked[1]).toEqual(asked[0]);
      asked = [];
      expect((await send(gateway, '/ask', { headers: page, body })).json).toEqual(anAnswer());
    });

    it('after a word, the whole answer follows and nothing is mixed', async () => {
      dying(meta, { type: 'token', text: 'Withi' });
      const events = await ask();
      expect(events.map(({ event }) => event)).toEqual(['meta', 'token', 'end']);
      expect(events.at(-1)?.data).toEqual(anAnswer());
    });

    it('twice, that is told', async () => {
      answering = async function* () {
        yield meta;
        throw died();
      };
      expect((await ask()).at(-1)).toMatchObject({ event: 'error', data: { code: 'service_unavailable' } });
      expect(asked).toHaveLength(2);
    });
  });

  it('never tells what went wrong inside', async () => {
    answering = async function* () {
      yield meta;
      throw new Error('upstream said: key sk-123 is wrong');
    };
    const streamed = await send(gateway, '/ask', { headers: { ...page, accept: 'text/event-stream' }, body });
    const whole = await send(gateway, '/ask', { headers: page, body });
    expect(eventsIn(streamed.text).at(-1)?.data.code).toBe('internal');
    expect([whole.status, whole.json.code]).toEqual([500, 'internal']);
    expect(streamed.text + whole.text).not.toContain('sk-123');
  });

  it('answers 504 when the time runs out', async () => {
    const hasty = await startTestGateway({ ASK_TIMEOUT_MS: '50' });
    await scriptTwoDomains(hasty.bus);
    await hasty.bus.answerStream(ask, async function* (_input, call) {
      await new Promise((resolve) => call.signal.addEventListener('abort', resolve));
      yield meta;
    });
    const reply = await send(hasty, '/ask', { headers: page, body });
    expect([reply.status, reply.json.code]).toEqual([504, 'deadline_exceeded']);
    await hasty.stop();
  });

  it('tells chat to stop when the visitor leaves', async () => {
    const stopped = new Promise<void>((resolve) => {
      answering = async function* (_input, call) {
        yield meta;
        await new Promise((wake) => call.signal.addEventListener('abort', wake));
        resolve();
      };
    });
    const stream = await openStream(gateway, '/ask', { headers: page, body });
    await stream.events(1);
    stream.leave();
    await stopped;
  });

  it.each(['application/json', 'text/event-stream'])(
    'asks nobody for a visitor who left while the credential was checked (%s)',
    async (accept) => {
      const slow = await startTestGateway();
      const gone = new AbortController();
      let closed = (): void => undefined;
      const left = new Promise<void>((resolve) => (closed = resolve));
      const watch = (message: unknown): void => {
        (message as { response: ServerResponse }).response.once('close', closed);
      };
      subscribe('http.server.request.start', watch);
      await script(slow.bus, getDomain, async () => {
        gone.abort();
        await left;
        return { domain: aDomain() };
      });
      let isAsked = false;
      await slow.bus.answerStream(ask, async function* () {
        isAsked = true;
        yield* whole;
      });
      const sent = fetch(`${slow.url}/ask`, {
        method: 'POST',
        headers: { ...page, accept, 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: gone.signal,
      });
      await expect(sent).rejects.toThrow();
      await left;
      unsubscribe('http.server.request.start', watch);
      await slow.stop();
      expect(isAsked).toBe(false);
    },
  );

  it('cuts a visitor who does not read, and tells chat to stop', async () => {
    const stopped = new Promise<void>((resolve) => {
      answering = async function* (_input, call) {
        yield meta;
        while (!call.signal.aborted) {
          yield { type: 'token', text: 'x'.repeat(16_000) };
          await new Promise((next) => setImmediate(next));
        }
        resolve();
      };
    });
    const text = JSON.stringify(body);
    const socket = connect(gateway.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.pause();
    socket.write(
      `POST /ask HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${acmeKey}\r\nAccept: text/event-stream\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${text.length}\r\n\r\n${text}`,
    );
    await stopped;
    socket.destroy();
  });

  it('writes one line per request, without the question, the answer or a key', async () => {
    await send(gateway, '/ask', { headers: { authorization: `Bearer ${acmeKey}`, 'x-request-id': 'r-77' }, body });
    await expect.poll(() => gateway.log.filter((line) => line.includes('"msg":"request"')).length).toBe(1);
    const line: unknown = JSON.parse(gateway.log.find((entry) => entry.includes('"msg":"request"'))!);
    expect(line).toMatchObject({ method: 'POST', route: '/ask', status: 200, request_id: 'r-77', domain_id: acmeId });
    expect(gateway.log.join()).not.toMatch(/May I return|Within 30|acme-key/);
  });
});
