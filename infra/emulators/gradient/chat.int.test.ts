import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { valueAt } from '../support/answer.ts';
import { startGradientEmulator, type GradientEmulator } from './serve.ts';
import { createTestClient, type Prepared, type TestClient } from './test-client.ts';

let emulator: GradientEmulator;
let client: TestClient;
let agent: Prepared;

const guide = `# Kettle guide
<!-- page 2 -->
## Boiling
The kettle boils one litre in three minutes. Never fill it above the red line.

## Warranty
The warranty lasts 24 months and covers the heating coil.`;

const start = async (llm?: { readonly baseUrl: string }): Promise<void> => {
  emulator = await startGradientEmulator({
    port: 0,
    deployMs: 0,
    databaseMs: 0,
    indexMs: 0,
    ...(llm === undefined ? {} : { llm }),
  });
  client = createTestClient(emulator);
  agent = await client.prepare({ 'kettle.md': guide });
};

beforeEach(() => start());
afterEach(() => emulator.stop());

const user = (content: string) => ({ role: 'user', content });
const answerTo = async (...messages: { role: string; content: string }[]): Promise<string> =>
  (await client.ask(agent.url, agent.secret, messages)).text('choices.0.message.content');

describe('answers', () => {
  it('come from the documents, with marks that the citations explain', async () => {
    const answer = await client.ask(agent.url, agent.secret, [user('How long does it take to boil a litre?')], {
      include_retrieval_info: true,
    });
    const content = answer.text('choices.0.message.content');
    expect(content).toContain('three minutes');
    expect(answer.at('choices.0')).not.toHaveProperty('finish_reason');
    expect(answer.at('citations.citations')).toHaveLength(1);
    expect(answer.at('citations.citations.0')).toMatchObject({
      index: agent.baseUuid,
      filename: 'kettle.md',
      metadata: { item_name: 'kettle.md', section_title: 'Kettle guide > Boiling', page_number: 2 },
    });
    expect(content).toContain(`[[C${String(answer.at('citations.citations.0.chunk_id'))}]]`);
    expect(answer.at('retrieval.retrieved_data')).toContainEqual(answer.at('citations.citations.0'));
  });

  it.each(['What is the capital of France?', 'Book me a flight', 'Do you sell toasters?'])(
    '"%s", which the documents do not answer, gets an honest I don\'t know without citations',
    async (question) => {
      const answer = await client.ask(agent.url, agent.secret, [user(question)]);
      expect(answer.text('choices.0.message.content')).toMatch(/^I don't know/u);
      expect(answer.at('citations.citations')).toEqual([]);
    },
  );

  it('carry no marks when citations are not asked for', async () => {
    const answer = await client.ask(agent.url, agent.secret, [user('How long is the warranty?')], {
      provide_citations: false,
    });
    expect(answer.text('choices.0.message.content')).toBe('The warranty lasts 24 months and covers the heating coil.');
    expect(answer.body).not.toHaveProperty('citations');
  });

  it('a question that leans on the one before is understood with it', async () => {
    const history = [user('How long is the warranty?'), { role: 'assistant', content: '24 months.' }];
    expect(await answerTo(...history, user('And what does it cover?'))).toContain('heating coil');
    expect(await answerTo(...history, user('Tell me a joke'))).toMatch(/^I don't know/u);
  });

  it('greetings and thanks are returned', async () => {
    expect(await answerTo(user('Hi there!'))).toMatch(/^Hello/u);
    expect(await answerTo(user('thanks a lot'))).toMatch(/welcome/u);
  });
});

describe('what the visitor said', () => {
  const memory = {
    role: 'system',
    content:
      'What earlier conversations with this visitor say:\n```\n- My order number is A-1042.\n- I live in Oslo.\n```',
  };

  it('in an earlier conversation answers questions about it, without citations', async () => {
    expect(await answerTo(memory, user('What is my order number?'))).toContain('A-1042');
    expect(await answerTo(memory, user('Where do I live?'))).toContain('Oslo');
    const answer = await client.ask(agent.url, agent.secret, [memory, user('What is my order number?')]);
    expect(answer.at('citations.citations')).toEqual([]);
  });

  it('in this conversation answers questions about it', async () => {
    const said = user('My kettle is the blue one.');
    const noted = { role: 'assistant', content: await answerTo(said) };
    expect(noted.content).toMatch(/noted/u);
    expect(await answerTo(said, noted, user('Do you remember which kettle is mine?'))).toContain('blue one');
  });

  it('does not answer other questions', async () => {
    expect(await answerTo(memory, user('How long is the warranty?'))).toContain('24 months');
    expect(await answerTo(memory, user('What is my shoe size?'))).toMatch(/^I don't know/u);
    expect(await answerTo(user('What is my order number?'))).toMatch(/^I don't know/u);
  });
});

describe('streams', () => {
  const question = [user('How long is the warranty?')];

  it('come in small pieces with marks cut in two, metadata without choices, and an end', async () => {
    const { events, text, isDone } = await client.stream(agent.url, agent.secret, question, {
      stream_options: { include_usage: true },
    });
    expect(text).toContain('24 months');
    expect(text).toContain('[[C1]]');
    expect(events.map((event) => valueAt(event, 'choices.0.delta.content'))).toContain('[[C');
    const metadata = events.find((event) => valueAt(event, 'citations') !== undefined);
    expect(metadata).toMatchObject({ choices: [], citations: { citations: [{ chunk_id: 1 }] } });
    expect(valueAt(events.at(-1), 'usage.total_tokens')).toBeGreaterThan(0);
    expect(isDone).toBe(true);
  });

  it('can be made to fail half-way', async () => {
    await client.control('/faults', { action: 'midstream_error' });
    const { events, isDone } = await client.stream(agent.url, agent.secret, question);
    expect(events.at(-1)).toHaveProperty('error');
    expect(isDone).toBe(false);
    await client.control('/faults', { action: 'midstream_reset' });
    await expect(client.stream(agent.url, agent.secret, question)).rejects.toThrow();
  });
});

it('a guardrail refuses at 200', async () => {
  await client.control('/settings', { guardrail_phrases: ['explosive'] });
  const answer = await client.ask(agent.url, agent.secret, [user('An explosive question')], {
    include_guardrails_info: true,
  });
  expect(answer.text('choices.0.message.content')).toMatch(/^I'm not able to respond/u);
  expect(answer.at('guardrails.triggered_guardrails')).toHaveLength(1);
});

it('scores can be the sentinel', async () => {
  await client.control('/settings', { score_sentinel: true });
  const answer = await client.ask(agent.url, agent.secret, [user('How long is the warranty?')]);
  expect(answer.at('citations.citations.0.score')).toBe(-9_549_511_700);
});

it("errors are FastAPI's", async () => {
  const answer = await client.ask(agent.url, agent.secret, [], {});
  expect(answer).toMatchObject({ status: 422, body: { detail: [{ loc: ['body'] }] } });
  await client.control('/faults', { action: 'status', status: 503 });
  const faulted = await client.ask(agent.url, agent.secret, [user('Hi')]);
  expect(faulted.status).toBe(503);
  expect(faulted.text('detail')).not.toBe('');
});

it('a language model, when there is one, writes the answer from the retrieved documents', async () => {
  let prompt = '';
  const model = createServer((request, response) => {
    request.on('data', (bytes: Buffer) => (prompt += bytes.toString()));
    request.on('end', () => {
      for (const content of ['Two ', 'years [[C', '1]].'])
        response.write(`data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`);
      response.end('data: [DONE]\n\n');
    });
  });
  await new Promise<void>((resolve) => model.listen(0, '127.0.0.1', resolve));
  const address = model.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  await emulator.stop();
  await start({ baseUrl: `http://127.0.0.1:${port.toString()}/v1` });
  const answer = await client.ask(agent.url, agent.secret, [user('How long is the warranty?')]);
  expect(answer.text('choices.0.message.content')).toBe('Two years [[C1]].');
  expect(answer.at('citations.citations.0.page_content')).toContain('24 months');
  expect(prompt).toContain('24 months');
  model.close();
});
