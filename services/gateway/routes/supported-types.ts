import { z } from 'zod';
import { supportedTypesAnswer } from '../../../shared/contracts/http/uploads.ts';
import { route } from '../http/route.ts';

const descriptions = {
  pdf: 'PDF documents that hold text, without a password',
  txt: 'Plain text files in UTF-8',
  md: 'Markdown files; headings are kept for citations',
  json: 'JSON files',
  csv: 'CSV files with a header line',
} as const;

/** What may be uploaded, in the original's fields. */
export const supportedTypesRoute = route({
  method: 'get',
  path: '/knowledge/supported-types',
  tag: 'knowledge',
  summary: 'What can be uploaded',
  credential: 'knowledge',
  input: z.object({}),
  output: supportedTypesAnswer,
  handle:
    ({ config }) =>
    async (_input, { caller }) => ({
      supported_types: Object.keys(descriptions),
      descriptions,
      additional_sources: ['text', 'url'],
      upload_bytes_max: config.uploadBytesMax,
      registered_domain: caller.domain.domain_name,
      website_url: `https://${caller.domain.domain_name}`,
    }),
});
