import { Readable } from 'node:stream';
import { z } from 'zod';
import { uploadTextAnswer, uploadTextBody } from '../../../shared/contracts/http/uploads.ts';
import { idempotencyOf } from '../http/idempotency.ts';
import { route } from '../http/route.ts';
import { acceptedWords, ingest } from '../uploads/ingest.ts';

/** Text that was typed or pasted; it goes the way of a file. */
export const uploadTextRoute = route({
  method: 'post',
  path: '/knowledge/upload/text',
  tag: 'knowledge',
  summary: 'Upload text',
  credential: 'knowledge',
  input: z.object({ body: uploadTextBody }),
  output: uploadTextAnswer,
  failures: ['document_empty', 'body_too_large'],
  isIdempotent: true,
  bodyLimit: 'text-upload',
  handle: (gateway) => async (input, exchange) => {
    const { text_content, document_name, website_url, chunk_size, use_semantic } = input.body;
    const bytes = Buffer.from(text_content);
    const blob = await gateway.blobs.put(Readable.from([bytes], { objectMode: false }), bytes.length);
    const { file_size, ...done } = await ingest(gateway, blob, {
      domain_id: exchange.caller.domain.domain_id,
      kind: 'text',
      filename: document_name,
      name: document_name,
      website_url,
      chunk_size,
      use_semantic,
      ...idempotencyOf(exchange.request, input.body),
      call: exchange.call(gateway.config.uploadTimeoutMs),
    });
    return {
      success: true as const,
      message: acceptedWords(document_name, done),
      details: { document_name, text_size: file_size, chunk_size, ...done },
    };
  },
});
