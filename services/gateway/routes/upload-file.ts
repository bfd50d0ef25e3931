import { z } from 'zod';
import { uploadFileAnswer, uploadFileFields } from '../../../shared/contracts/http/uploads.ts';
import { parseWith } from '../http/parse-input.ts';
import { idempotencyOf } from '../http/idempotency.ts';
import { route } from '../http/route.ts';
import { acceptedWords, ingest } from '../uploads/ingest.ts';
import { discardWhenRefused } from '../uploads/discard.ts';
import { receiveUpload } from '../uploads/receive-upload.ts';

/** Takes one file as it arrives into the blob store, and hands its reference on. What is refused leaves nothing behind. */
export const uploadFileRoute = route({
  method: 'post',
  path: '/knowledge/upload/file',
  tag: 'knowledge',
  summary: 'Upload a file',
  credential: 'knowledge',
  input: z.object({}),
  form: uploadFileFields,
  output: uploadFileAnswer,
  failures: [
    'unsupported_file_type',
    'document_empty',
    'document_encrypted',
    'document_broken',
    'document_needs_ocr',
    'document_too_complex',
    'body_too_large',
  ],
  isIdempotent: true,
  handle: (gateway) => async (_input, exchange) => {
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
      ...idempotency,
      call: exchange.call(gateway.config.uploadTimeoutMs),
    });
    return {
      success: true as const,
      message: acceptedWords(upload.filename, done),
      details: { filename: upload.filename, file_type, file_size, chunk_size: fields.chunk_size, ...done },
    };
  },
});
