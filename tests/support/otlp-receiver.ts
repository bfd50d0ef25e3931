import { createServer } from 'node:http';

export interface SeenSpan {
  /** Of the process: `parley-chat`. */
  readonly service: string;
  /** The library that made it: `parley`, or Prisma's. */
  readonly scope: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface OtlpReceiver {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string;
  readonly spans: () => readonly SeenSpan[];
  readonly stop: () => Promise<void>;
}

/** Takes traces as OTLP over HTTP in protobuf, as a collector does, and keeps their spans. */
export const startOtlpReceiver = async (): Promise<OtlpReceiver> => {
  const spans: SeenSpan[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.url === '/v1/traces') spans.push(...spansIn(Buffer.concat(chunks)));
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    spans: () => spans,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

// Field numbers of opentelemetry-proto's trace messages.
const spansIn = (request: Buffer): SeenSpan[] =>
  messages(request, 1).flatMap((resourceSpans) => {
    const service = messages(resourceSpans, 1).map((resource) => attributesIn(resource, 1)['service.name'])[0] ?? '';
    return messages(resourceSpans, 2).flatMap((scopeSpans) => {
      const scope = messages(scopeSpans, 1).map((found) => textAt(found, 1))[0] ?? '';
      return messages(scopeSpans, 2).map((span) => ({
        service,
        scope,
        name: textAt(span, 5),
        traceId: hexAt(span, 1),
        spanId: hexAt(span, 2),
        parentId: hexAt(span, 4),
        attributes: attributesIn(span, 9),
      }));
    });
  });

const attributesIn = (message: Buffer, field: number): Record<string, string> =>
  Object.fromEntries(
    messages(message, field).map((pair) => [
      textAt(pair, 1),
      messages(pair, 2).map((value) => textAt(value, 1))[0] ?? '',
    ]),
  );

const textAt = (message: Buffer, field: number): string => messages(message, field)[0]?.toString('utf8') ?? '';
const hexAt = (message: Buffer, field: number): string => messages(message, field)[0]?.toString('hex') ?? '';

/** The length-delimited values of a field: messages, strings and bytes alike. */
const messages = (buffer: Buffer, wanted: number): Buffer[] => {
  const found: Buffer[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = buffer[at++] ?? 0;
      value += (byte % 128) * factor;
      if (byte < 128) return value;
    }
  };
  while (at < buffer.length) {
    const key = varint();
    const wire = key % 8;
    if (wire === 2) {
      const length = varint();
      if (Math.floor(key / 8) === wanted) found.push(buffer.subarray(at, at + length));
      at += length;
    } else if (wire === 0) varint();
    else if (wire === 1) at += 8;
    else if (wire === 5) at += 4;
    else throw new Error(`no such wire type: ${wire}`);
  }
  return found;
};
