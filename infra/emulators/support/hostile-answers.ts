import type { Response } from 'express';
import { createGzip } from 'node:zlib';
import type { Misfortune } from './faults.ts';

const headerBytes = 100_000;
const pieceBytes = 64 * 1024;

/** Answers that no client should trust; each runs until it is done or its reader has left. */
export const hostileAnswers = {
  hang_body: (response: Response): void => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('{"agents":[');
  },
  /** JSON that comes one byte at a time and never ends. */
  drip: (response: Response, { every_ms: everyMs }: Misfortune): void => {
    response.writeHead(200, { 'content-type': 'application/json' });
    repeat(response, everyMs, () => response.write(' '));
  },
  /** Well-formed JSON of so many bytes. */
  huge: (response: Response, { bytes }: Misfortune): void => {
    response.writeHead(200, { 'content-type': 'application/json' });
    pour(response, bytes, '{}');
  },
  gzip_bomb: (response: Response, { bytes }: Misfortune): void => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
    const gzip = createGzip();
    gzip.pipe(response);
    response.once('close', () => gzip.destroy());
    pour(gzip, bytes, '{}');
  },
  huge_headers: (response: Response): void => {
    response.setHeader('x-padding', 'x'.repeat(headerBytes));
    response.status(200).json({});
  },
  wrong_type: (response: Response): void => {
    response.status(200).type('png').send(Buffer.alloc(1000, 0xff));
  },
  redirect: (response: Response, { location }: Misfortune): void => {
    response.redirect(302, location);
  },
  endless_sse: (response: Response, { every_ms: everyMs }: Misfortune): void => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const chunk = { object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content: 'and so on ' } }] };
    repeat(response, everyMs, () => response.write(`data: ${JSON.stringify(chunk)}\n\n`));
  },
} satisfies Record<string, (response: Response, fault: Misfortune) => void>;

const repeat = (response: Response, everyMs: number, act: () => void): void => {
  act();
  const timer = setInterval(act, everyMs);
  response.once('close', () => clearInterval(timer));
};

/** Writes so many spaces as fast as the reader takes them, then the end. */
const pour = (sink: NodeJS.WritableStream, bytes: number, end: string): void => {
  const piece = ' '.repeat(pieceBytes);
  let left = bytes;
  const next = (): void => {
    while (left > 0) {
      left -= pieceBytes;
      if (!sink.write(piece)) {
        sink.once('drain', next);
        return;
      }
    }
    sink.end(end);
  };
  next();
};
