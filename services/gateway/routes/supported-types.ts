import { z } from 'zod';
import { supportedTypesAnswer } from '../../../shared/contracts/http/uploads.ts';
import { supportedTypes } from '../../../shared/contracts/supported-types.ts';
import { route } from '../http/route.ts';

const rows = Object.entries(supportedTypes);

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
      supported_types: rows.map(([type]) => type),
      descriptions: Object.fromEntries(rows.map(([type, { description }]) => [type, description])),
      extensions: Object.fromEntries(rows.map(([type, { extensions }]) => [type, [...extensions]])),
      additional_sources: ['text', 'url'],
      upload_bytes_max: config.uploadBytesMax,
      registered_domain: caller.domain.domain_name,
      website_url: `https://${caller.domain.domain_name}`,
    }),
});
