import type { IncomingMessage } from 'node:http';
import { Failure } from '../../../shared/errors/failure.ts';
import { guardJson } from './json-guard.ts';

interface BodyLimits {
  readonly bytesMax: number;
  readonly timeoutMs: number;
}

/**
 * The JSON body of a request; a request without one counts as `{}`. Read by hand because the order of refusals matters
 * (type, then size, then bytes) and a slow sender must be answered, not cut. Throws `unsupported_media_type`,
 * `body_too_large`, `request_timeout`, `invalid_json`, `invalid_request`.
 */
export const readJsonBody = async (request: IncomingMessage, limits: BodyLimits): Promise<unknown> => {
  const { headers } = request;
  const isEmpty = headers['transfer-encoding'] === undefined && (headers['content-length'] ?? '0') === '0';
  if (isEmpty) return {};
  if (!isJsonType(headers['content-type'])) {
    throw new Failure('unsupported_media_type', { detail: 'Send the body as Content-Type: application/json in UTF-8' });
  }
  refuseEncoded(request);
  const bytes = await readBytes(request, limits);
  if (bytes.length === 0) return {};
  const value = parse(bytes);
  guardJson(value);
  return value;
};

/** Compressed bodies are refused: nobody needs them and they can grow a thousandfold. */
export const refuseEncoded = ({ headers }: IncomingMessage): void => {
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    throw new Failure('unsupported_media_type', { detail: 'Send the body without Content-Encoding' });
  }
};

const isJsonType = (contentType = ''): boolean =>
  /^application\/([a-z0-9.-]+\+)?json *(; *charset="?utf-?8"? *)?$/i.test(contentType);

const readBytes = (request: IncomingMessage, { bytesMax, timeoutMs }: BodyLimits): Promise<Buffer> => {
  const tooLarge = (): Failure =>
    new Failure('body_too_large', { detail: `The body may have ${bytesMax} bytes at most` });
  if (Number(request.headers['content-length'] ?? 0) > bytesMax) return Promise.reject(tooLarge());
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (finish: () => void): void => {
      clearTimeout(timer);
      request.off('data', onData).off('end', onEnd).off('error', onError).off('close', onError);
      finish();
    };
    const timer = setTimeout(() => settle(() => reject(new Failure('request_timeout'))), timeoutMs);
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > bytesMax) settle(() => reject(tooLarge()));
      else chunks.push(chunk);
    };
    const onEnd = (): void => settle(() => resolve(Buffer.concat(chunks)));
    const onError = (): void =>
      settle(() => reject(new Failure('invalid_request', { detail: 'The body was cut off' })));
    request.on('data', onData).on('end', onEnd).on('error', onError).on('close', onError);
  });
};

const decoder = new TextDecoder('utf-8', { fatal: true });

const parse = (bytes: Buffer): unknown => {
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch {
    // Without the parser's own words: they quote the body, which may hold what a visitor wrote.
    throw new Failure('invalid_json');
  }
};
