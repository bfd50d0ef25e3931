import { z } from 'zod';
import { documentParams } from '../../../shared/contracts/http/documents.ts';
import { uploadFileAnswer, uploadFileFields } from '../../../shared/contracts/http/uploads.ts';
import { route } from '../http/route.ts';
import { fileFailures, takeFile } from '../uploads/take-file.ts';

/** A file as the next version of a document, whatever the file is called. */
export const replaceDocumentRoute = route({
  method: 'post',
  path: '/knowledge/documents/:document_id/replace',
  tag: 'knowledge',
  summary: 'Replace a document',
  description:
    'The document keeps its id and name; the version before answers until the new one does, and then goes. `custom_name` is not used.',
  credential: 'knowledge',
  input: z.object({ params: documentParams }),
  form: uploadFileFields,
  output: uploadFileAnswer,
  failures: ['document_unknown', 'conflict', ...fileFailures],
  isIdempotent: true,
  handle:
    (gateway) =>
    ({ params }, exchange) =>
      takeFile(gateway, exchange, params.document_id),
});
