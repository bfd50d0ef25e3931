import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

// The agent's endpoint at a settable latency, so that a bench measures our own code; all else goes to the emulator behind.
const port = Number(process.env['STUB_PORT']);
const emulator = new URL(process.env['EMULATOR_URL'] ?? 'http://127.0.0.1:8100');
const latencyMs = Number(process.env['STUB_LATENCY_MS'] ?? 0);

const words = 'Parcels leave our warehouse on the same day when they are ordered before noon [[C1]].'.split(' ');
const passage = {
  chunk_id: 1,
  page_content: words.join(' '),
  filename: 'shipping.md',
  metadata: { section_title: 'Shipping' },
};

const chat = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk as Uint8Array));
  const isStreamed = Buffer.concat(chunks).includes('"stream":true');
  await sleep(latencyMs);
  if (!isStreamed) {
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({
        choices: [{ index: 0, message: { role: 'assistant', content: words.join(' ') } }],
        citations: { citations: [passage] },
      }),
    );
    return;
  }
  response.setHeader('content-type', 'text/event-stream');
  for (const word of words) {
    response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: `${word} ` } }] })}\n\n`);
  }
  response.write(`data: ${JSON.stringify({ choices: [], citations: { citations: [passage] } })}\n\n`);
  response.end('data: [DONE]\n\n');
};

const forward = (incoming: IncomingMessage, response: ServerResponse): void => {
  const onward = request(
    {
      host: emulator.hostname,
      port: emulator.port,
      path: incoming.url,
      method: incoming.method,
      headers: incoming.headers,
    },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    },
  );
  onward.on('error', () => response.writeHead(502).end());
  incoming.pipe(onward);
};

createServer((incoming, response) => {
  if (incoming.url?.includes('/chat/completions') !== true) forward(incoming, response);
  else chat(incoming, response).catch(() => response.destroy());
}).listen(port, '127.0.0.1');
