import { describe, expect, it } from 'vitest';
import { createApi, type ApiOptions } from './api.ts';
import type { Citation } from './messages.ts';

const askInput = {
  question: 'q',
  sessionId: 's',
  userId: 'u',
  clientMessageId: 'm',
  websiteContext: 'https://shop.example/',
};

const apiWith = (
  answer: (url: string, init: RequestInit) => Response | Promise<Response>,
  options: Partial<ApiOptions> = {},
) =>
  createApi({
    apiUrl: 'https://api.example',
    domainId: 'd1',
    isOnline: () => true,
    ...options,
    fetch: async (url, init = {}) => answer(new Request(url).url, init),
  });

const events = (...pieces: readonly string[]): Response =>
  new Response(
    new ReadableStream({
      start: (controller) => {
        for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece));
        controller.close();
      },
    }),
    { headers: { 'content-type': 'text/event-stream; charset=utf-8' } },
  );

const problem = (status: number, code: string, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify({ status, code, detail: 'internal words' }), { status, headers });

const neverEnding = (signal: AbortSignal | null | undefined): Promise<never> =>
  new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
  });

const ask = async (api: ReturnType<typeof createApi>, stop = new AbortController().signal) => {
  const texts: string[] = [];
  const citations: Citation[] = [];
  const sink = {
    onText: (text: string) => texts.push(text),
    onCitation: (citation: Citation) => citations.push(citation),
  };
  return { outcome: await api.ask(askInput, sink, stop), texts, citations };
};

describe('asking', () => {
  it('sends the question with the domain and the client message id', async () => {
    let sent: RequestInit = {};
    let address = '';
    await ask(
      apiWith((url, init) => {
        [address, sent] = [url, init];
        return events('event: end\ndata: {"answer":"a"}\n\n');
      }),
    );
    expect(address).toBe('https://api.example/ask');
    expect(new Headers(sent.headers).get('X-Domain-ID')).toBe('d1');
    expect(await new Response(sent.body).json()).toEqual({
      question: 'q',
      session_id: 's',
      user_id: 'u',
      website_context: 'https://shop.example/',
      client_message_id: 'm',
    });
    expect(sent.credentials).toBe('omit');
  });

  it('knows an answer that was quoted from the documents, now and in a history', async () => {
    const body = { answer: 'a', citations: [], degraded: ['search_only'] };
    const api = apiWith(() => Response.json(body));
    expect((await ask(api)).outcome).toMatchObject({ value: { isQuoted: true } });
    const messages = [{ id: 'm', role: 'assistant', content: 'a', citations: [], degraded: ['search_only'] }];
    const history = await apiWith(() => Response.json({ messages })).readHistory({ sessionId: 's', userId: 'u' });
    expect(history).toMatchObject({ value: [{ isQuoted: true }] });
  });

  it('gives tokens as they come and the whole answer at the end', async () => {
    const { outcome, texts, citations } = await ask(
      apiWith(() =>
        events(
          ': hello\n\nid: 1\nevent: meta\ndata: {"message_id":"x"}\n\nevent: token\nda',
          'ta: {"text":"Fr"}\n\nevent: token\ndata: {"text":"ee"}\n\n',
          'event: citation\ndata: {"index":1,"document":"Shipping","heading":null,"page":2,"url":null,"quote":"…"}\n\n',
          'event: end\ndata: {"answer":"Free [1]","citations":[{"index":1,"document":"Shipping","quote":"…"}]}\n\n',
        ),
      ),
    );
    expect(texts).toEqual(['Fr', 'ee']);
    expect(citations).toMatchObject([{ index: 1, document: 'Shipping', page: 2, heading: undefined }]);
    expect(outcome).toMatchObject({ ok: true, value: { text: 'Free [1]', citations: [{ index: 1 }] } });
  });

  it('takes a plain JSON answer from a server that does not stream', async () => {
    const { outcome } = await ask(apiWith(() => Response.json({ answer: 'a', sources: [] })));
    expect(outcome).toEqual({ ok: true, value: { text: 'a', citations: [], isQuoted: false } });
  });

  it('believes Retry-After', async () => {
    const { outcome } = await ask(apiWith(() => problem(503, 'agent_deploying', { 'retry-after': '3' })));
    expect(outcome).toEqual({ ok: false, problem: { code: 'agent_deploying', status: 503, retryAfterMs: 3000 } });
  });

  it('calls half a stream cut, and an error event by its code', async () => {
    const half = await ask(apiWith(() => events('event: token\ndata: {"text":"a"}\n\nevent: end\ndata: {"answer":')));
    expect(half.outcome).toMatchObject({ ok: false, problem: { code: 'cut' } });
    const failed = await ask(
      apiWith(() => events('event: error\ndata: {"code":"agent_unavailable","status":503}\n\n')),
    );
    expect(failed.outcome).toMatchObject({ ok: false, problem: { code: 'agent_unavailable', status: 503 } });
  });

  it('survives HTML, garbage and an answer of the wrong shape', async () => {
    for (const response of [
      new Response('<h1>Bad gateway</h1>', { status: 502 }),
      new Response('<html>', { status: 200 }),
      Response.json([1, 2]),
      Response.json({ answer: 7 }),
      events('event: end\ndata: not json\n\nevent: end\ndata: {}\n\n'),
    ]) {
      const { outcome } = await ask(apiWith(() => response));
      expect(outcome.ok ? outcome.value.text : outcome.problem.code).toBe(outcome.ok ? '' : 'garbled');
    }
  });

  it('tells offline, unreachable and stopped apart', async () => {
    const refused = (): never => {
      throw new TypeError('Failed to fetch');
    };
    const codeOf = async (options: Partial<ApiOptions>) => {
      const { outcome } = await ask(apiWith(refused, options));
      return outcome.ok ? 'ok' : outcome.problem.code;
    };
    expect(await codeOf({})).toBe('unreachable');
    expect(await codeOf({ isOnline: () => false })).toBe('offline');
    const stop = new AbortController();
    const asked = ask(
      apiWith((_, { signal }) => neverEnding(signal)),
      stop.signal,
    );
    stop.abort();
    expect((await asked).outcome).toMatchObject({ ok: false, problem: { code: 'stopped' } });
  });

  it('gives up on a server that hangs before the first byte', async () => {
    const { outcome } = await ask(apiWith((_, { signal }) => neverEnding(signal), { firstByteMs: 20 }));
    expect(outcome).toMatchObject({ ok: false, problem: { code: 'timeout' } });
  });

  it('gives up on a stream that falls silent', async () => {
    const silent = (signal: AbortSignal | null | undefined): Response =>
      new Response(
        new ReadableStream({
          start: (controller) => {
            controller.enqueue(new TextEncoder().encode('event: token\ndata: {"text":"a"}\n\n'));
            signal?.addEventListener('abort', () => controller.error(new DOMException('aborted', 'AbortError')));
          },
        }),
        { headers: { 'content-type': 'text/event-stream' } },
      );
    const { outcome, texts } = await ask(apiWith((_, { signal }) => silent(signal), { idleMs: 20 }));
    expect(texts).toEqual(['a']);
    expect(outcome).toMatchObject({ ok: false, problem: { code: 'timeout' } });
  });
});

describe('sessions and history', () => {
  it('opens a session', async () => {
    const api = apiWith(() => Response.json({ session_id: 's1', user_id: 'u' }));
    expect(await api.openSession({ userId: 'u', websiteUrl: 'https://shop.example/' })).toEqual({
      ok: true,
      value: 's1',
    });
  });

  it('calls a session without an id garbled', async () => {
    const api = apiWith(() => Response.json({}));
    expect(await api.openSession({ userId: 'u', websiteUrl: '' })).toMatchObject({
      ok: false,
      problem: { code: 'garbled' },
    });
  });

  it('reads the history of this visitor only', async () => {
    let address = '';
    const api = apiWith((url) => {
      address = url;
      return Response.json({
        messages: [
          { id: '1', role: 'user', content: 'q' },
          { id: '2', role: 'assistant', content: 'a [1]', citations: [{ index: 1, document: 'D', quote: 'x' }] },
        ],
      });
    });
    const history = await api.readHistory({ sessionId: 's/1', userId: 'u&1' });
    expect(address).toBe('https://api.example/conversations/s%2F1?user_id=u%261');
    expect(history).toMatchObject({
      ok: true,
      value: [
        { role: 'user', text: 'q', delivery: 'sent' },
        { role: 'assistant', text: 'a [1]', progress: 'whole', citations: [{ document: 'D' }] },
      ],
    });
  });
});
