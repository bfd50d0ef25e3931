import busboy from 'busboy';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { StoredBlob } from '../../../shared/blobs/port.ts';
import { Failure } from '../../../shared/errors/failure.ts';
import type { Gateway } from '../gateway.ts';
import { refuseEncoded } from '../http/read-body.ts';
import { deleteBlob } from './discard.ts';
import { cleanFilename } from './filename.ts';

export interface Upload {
  readonly blob: StoredBlob;
  readonly filename: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** Room for boundaries, headers and the other fields beside the file. */
const formBytesMax = 65_536;
/** A tenth of the slowest mobile line: who sends less holds a connection, not an upload. */
const pace = { everyMs: 10_000, bytesMin: 4_096 };

/**
 * Reads a form with exactly one `file`, fields before or after it, straight into the blob store. Throws
 * `unsupported_media_type`, `body_too_large`, `request_timeout` and `invalid_request`; then nothing stays stored.
 */
export const receiveUpload = async (gateway: Gateway, request: IncomingMessage): Promise<Upload> => {
  const bytesMax = gateway.config.uploadBytesMax;
  if (Number(request.headers['content-length'] ?? 0) > bytesMax + formBytesMax) throw tooLarge(bytesMax);
  const parser = openParser(request, bytesMax);
  const form = collect(gateway, parser, bytesMax);
  const late = (): void => form.refuse(new Failure('request_timeout'));
  const timer = setTimeout(late, gateway.config.uploadTimeoutMs);
  const forgetPace = watchPace(request, late);
  const onCut = (): void => {
    if (!request.complete) form.refuse(invalid('The body was cut off'));
  };
  request.once('close', onCut).once('error', onCut);
  try {
    request.pipe(parser);
    return await form.done;
  } finally {
    clearTimeout(timer);
    forgetPace();
    request.unpipe(parser);
    request.resume();
    parser.destroy();
  }
};

/** Tells `tooSlow` when too little arrives for a person's line; returns what ends the watch. */
const watchPace = (request: IncomingMessage, tooSlow: () => void): (() => void) => {
  let seen = request.socket.bytesRead;
  const look = setInterval(() => {
    if (!request.complete && request.socket.bytesRead - seen < pace.bytesMin) tooSlow();
    seen = request.socket.bytesRead;
  }, pace.everyMs);
  return () => clearInterval(look);
};

const openParser = (request: IncomingMessage, bytesMax: number): busboy.Busboy => {
  if (!/^multipart\/form-data *;/i.test(request.headers['content-type'] ?? '')) {
    throw new Failure('unsupported_media_type', { detail: 'Send the file as multipart/form-data with a boundary' });
  }
  refuseEncoded(request);
  try {
    return busboy({
      headers: request.headers,
      defParamCharset: 'utf8',
      // One byte over the limit is let through, for the blob store to see that there is more.
      limits: { fileSize: bytesMax + 1, files: 2, fields: 10, fieldSize: 8_192, fieldNameSize: 100, parts: 12 },
    });
  } catch (thrown) {
    throw new Failure('invalid_request', { detail: 'The form cannot be read', cause: thrown });
  }
};

interface Form {
  readonly done: Promise<Upload>;
  readonly refuse: (failure: Failure) => void;
}

/** Gathers the parts of a form. The first refusal decides; a file that was stored by then is deleted. */
const collect = (gateway: Gateway, parser: busboy.Busboy, bytesMax: number): Form => {
  const fields = new Map<string, string>();
  let file: { readonly stored: Promise<StoredBlob>; readonly filename: string } | undefined;
  let refuse: (failure: Failure) => void = () => undefined;
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve, reject) => {
    refuse = reject;
    end = resolve;
  });

  parser.on('file', (name, body: Readable, { filename: given }: Partial<busboy.FileInfo>) => {
    // What comes after a refusal is read by nobody, and its end must not become an error of the process.
    body.on('error', () => undefined);
    const filename = cleanFilename(given ?? '');
    const problem =
      name !== 'file'
        ? 'The file must be in the field `file`'
        : file !== undefined
          ? 'Send exactly one file'
          : undefined;
    if (problem !== undefined || filename === undefined) {
      body.resume();
      refuse(invalid(problem ?? 'The file needs a name'));
      return;
    }
    const stored = gateway.blobs.put(body, bytesMax);
    file = { stored, filename };
    stored.catch((thrown: unknown) => refuse(refusalOf(thrown, bytesMax)));
  });
  parser.on('field', (name, value, { nameTruncated, valueTruncated }) => {
    if (nameTruncated || valueTruncated) refuse(invalid('A field is too long'));
    if (fields.has(name)) refuse(invalid('A field is there twice'));
    fields.set(name, value);
  });
  for (const limit of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const) {
    parser.on(limit, () => refuse(invalid('The form has too many parts')));
  }
  parser.on('error', (thrown) =>
    refuse(new Failure('invalid_request', { detail: 'The form is broken', cause: thrown })),
  );
  parser.on('close', () => end());

  const done = ended.then(
    async (): Promise<Upload> => {
      if (file === undefined) throw invalid('The field `file` is missing');
      return { blob: await file.stored, filename: file.filename, fields: Object.fromEntries(fields) };
    },
    (thrown: unknown) => {
      file?.stored.then((blob) => deleteBlob(gateway, blob)).catch(() => undefined);
      throw thrown;
    },
  );
  return { done, refuse: (failure) => refuse(failure) };
};

const refusalOf = (thrown: unknown, bytesMax: number): Failure => {
  if (!(thrown instanceof Failure)) return invalid('The body was cut off');
  return thrown.code === 'body_too_large' ? tooLarge(bytesMax) : thrown;
};

const tooLarge = (bytesMax: number): Failure =>
  new Failure('body_too_large', { detail: `A file may have ${bytesMax} bytes at most` });

const invalid = (detail: string): Failure => new Failure('invalid_request', { detail });
