import { codes } from '../../../shared/errors/codes.ts';

/** Where the `type` of a problem points: every code with its status and what it means, one anchor each. */
export const errorsPage = (): string => {
  const rows = Object.entries(codes).map(
    ([code, { status, title, retryable }]) =>
      `<tr id="${code}"><td><code>${code}</code></td><td>${status.toString()}</td><td>${title}</td><td>${retryable ? 'yes' : 'no'}</td></tr>`,
  );
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Parley: error codes</title>
<link rel="icon" href="/static/favicon.svg"><link rel="stylesheet" href="/static/assets/docs.css"></head>
<body><main><h1>Error codes</h1>
<p>Every refusal is a problem document (RFC 9457) with one of these codes. <a href="/docs">The API</a></p>
<table><thead><tr><th scope="col">Code</th><th scope="col">Status</th><th scope="col">Meaning</th><th scope="col">Worth trying again</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody></table></main></body></html>
`;
};
