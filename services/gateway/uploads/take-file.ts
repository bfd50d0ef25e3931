import type { z } from 'zod';
import { uploadFileFields, type uploadFileAnswer } from '../../../shared/contracts/http/uploads.ts';
import type { Gateway } from '../gateway.ts';
import { idempotencyOf } from '../http/idempotency.ts';
import { parseWith } from '../http/parse-input.ts';
import type { Exchange } from '../http/route.ts';
import { discardWhenRefused } from './discard.ts';
import { acceptedWords, ingest } from './ingest.ts';
import { receiveUpload } from './receive-upload.ts';

/** What may be wrong with a file. */
export const fileFailures = [
  'unsupported_file_type',
  'document_empty',
  'document_encrypted',
  'document_broken',
  'document_needs_ocr',
  'document_too_complex',
  'body_too_large',
] as const;

/**
 * Takes one file as it arrives into the blob store, and hands its reference on: as a document of its own, or as the next
 * version of `documentId`. What is refused leaves nothing behind.
 */
export const takeFile = async (
  gateway: Gateway,
  exchange: Exchange<'knowledge'>,
  documentId?: string,
): Promise<z.input<typeof uploadFileAnswer>> => {
  const upload = await receiveUpload(gateway, exchange.request);
  const { fields, idempotency } = await discardWhenRefused(gateway, upload.blob, async () => {
    const parsed = parseWith(uploadFileFields, upload.fields);
    const content = { ...parsed, filename: upload.filename, sha256: upload.blob.sha256 };
    return { fields: parsed, idempotency: idempotencyOf(exchange.request, content) };
  });
  const { file_type, file_size, ...done } = await ingest(gateway, upload.blob, {
    domain_id: exchange.caller.domain.domain_id,
    kind: 'file',
    filename: upload.filename,
    name: fields.custom_name,
    website_url: fields.website_url,
    chunk_size: fields.chunk_size,
    use_semantic: fields.use_semantic,
    document_id: documentId,
    ...idempotency,
    call: exchange.call(gateway.config.uploadTimeoutMs),
  });
  return {
    success: true as const,
    message: acceptedWords(upload.filename, done),
    details: { filename: upload.filename, file_type, file_size, chunk_size: fields.chunk_size, ...done },
  };
};
