import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';

/** What the agent was sent. */
const requestSchema = z.object({
  model: z.literal('n/a'),
  stream: z.literal(true),
  provide_citations: z.literal(true),
  include_retrieval_info: z.literal(true),
  messages: z.array(z.object({ role: z.string(), content: z.string() })),
});
export interface AgentRequest extends z.infer<typeof requestSchema> {
  readonly key: string | undefined;
}

/** Writes the answer to one request; `say` sends one chunk of the stream. */
export type Script = (answer: {
  readonly request: AgentRequest;
  readonly response: ServerResponse;
  readonly say: (chunk: unknown) => void;
  readonly end: () => void;
}) => void | Promise<void>;

export interface FakeAgent {
  readonly endpoint: string;
  readonly requests: readonly AgentRequest[];
  /** Requests whose asker hung up before the answer was over. */
  readonly abandoned: () => number;
  readonly script: (script: Script) => void;
  /** Answers with `words`, but only once the returned function is called. */
  readonly hold: (words: string) => () => void;
  readonly stop: () => Promise<void>;
}

export const text = (content: string) => ({ choices: [{ index: 0, delta: { content }, finish_reason: null }] });

/** An agent endpoint that plays a script. */
export const startAgent = async (): Promise<FakeAgent> => {
  const requests: AgentRequest[] = [];
  let abandoned = 0;
  let script: Script = ({ say, end }) => {
    say(text('Hello.'));
    end();
  };
  const server = createServer((incoming, response) => {
    void (async () => {
      const key = incoming.headers.authorization?.replace('Bearer ', '');
      const request = { ...requestSchema.parse(JSON.parse(await bodyOf(incoming))), key };
      requests.push(request);
      response.on('close', () => (abandoned += response.writableFinished ? 0 : 1));
      const begin = (): void => {
        if (!response.headersSent) response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      };
      await script({
        request,
        response,
        say: (chunk) => {
          begin();
          response.write(`data: ${JSON.stringify(chunk)}\n\n`);
        },
        end: () => {
          begin();
          response.end('data: [DONE]\n\n');
        },
      });
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    requests,
    abandoned: () => abandoned,
    script: (next) => {
      script = next;
    },
    hold: (words) => {
      let open = (): void => undefined;
      const opened = new Promise<void>((resolve) => (open = resolve));
      script = async ({ say, end }) => {
        await opened;
        say(text(words));
        end();
      };
      return () => open();
    },
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
};

const bodyOf = async (incoming: IncomingMessage): Promise<string> => {
  let body = '';
  for await (const chunk of incoming) body += String(chunk);
  return body;
};
