import { z } from 'zod';
import { uploadFileAnswer, uploadFileFields } from '../../../shared/contracts/http/uploads.ts';
import { route } from '../http/route.ts';
import { fileFailures, takeFile } from '../uploads/take-file.ts';

/** A file under its own name; a document of that name gets a further version. */
export const uploadFileRoute = route({
  method: 'post',
  path: '/knowledge/upload/file',
  tag: 'knowledge',
  summary: 'Upload a file',
  description: 'A document of the same name gets a further version; the same bytes again are answered as they are.',
  credential: 'knowledge',
  input: z.object({}),
  form: uploadFileFields,
  output: uploadFileAnswer,
  failures: fileFailures,
  isIdempotent: true,
  handle: (gateway) => (_input, exchange) => takeFile(gateway, exchange),
});
