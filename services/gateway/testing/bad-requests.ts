import { acmeId, acmeKey, adminKey, messageId, sessionId } from './builders.ts';

export const key = { authorization: `Bearer ${acmeKey}` };
export const admin = { authorization: `Bearer ${adminKey}` };
const json = { ...key, 'content-type': 'application/json' };
const form = { ...key, 'content-type': 'multipart/form-data; boundary=b' };
const ask = (body: unknown) => ({ path: '/ask', headers: key, body });
const asked = { question: 'Hi?', session_id: sessionId };
const part = (name: string, text: string, filename?: string): string =>
  `--b\r\nContent-Disposition: form-data; name="${name}"${filename === undefined ? '' : `; filename="${filename}"`}\r\n\r\n${text}\r\n`;
const upload = (...parts: string[]) => ({
  path: '/knowledge/upload/file',
  headers: form,
  body: `${parts.join('')}--b--\r\n`,
});
const crawlOf = (rules: object) => ({
  path: '/knowledge/upload/url',
  headers: key,
  body: { url_to_scrape: 'https://a.example', ...rules },
});
const deep = (levels: number): string => `{"question":${'['.repeat(levels)}${']'.repeat(levels)}}`;

export interface BadRequest {
  readonly path: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

/** What is wrong, the request, and the status and code it must get. */
export const badRequests: readonly (readonly [string, BadRequest, number, string])[] = [
  // Bodies that are not what they say
  ['a body that is no JSON', { ...ask('{"question":'), headers: json }, 400, 'invalid_json'],
  ['an empty body', { ...ask(''), headers: json }, 400, 'invalid_request'],
  ['blanks only', { ...ask('   '), headers: json }, 400, 'invalid_json'],
  ['single quotes', { ...ask("{'question':'x'}"), headers: json }, 400, 'invalid_json'],
  ['two documents', { ...ask('{}{}'), headers: json }, 400, 'invalid_json'],
  ['NaN', { ...ask('{"question":NaN}'), headers: json }, 400, 'invalid_json'],
  ['broken UTF-8', { ...ask(Buffer.from([0x22, 0xff, 0xfe, 0x22])), headers: json }, 400, 'invalid_json'],
  ['an overlong UTF-8 slash', { ...ask(Buffer.from([0x22, 0xc0, 0xaf, 0x22])), headers: json }, 400, 'invalid_json'],
  ['a list', ask([asked]), 400, 'invalid_request'],
  ['a string', { ...ask('"question"'), headers: json }, 400, 'invalid_request'],
  ['null', { ...ask('null'), headers: json }, 400, 'invalid_request'],
  ['a number out of range', { ...ask('1e999'), headers: json }, 400, 'invalid_request'],
  ['33 levels', { ...ask(deep(33)), headers: json }, 400, 'invalid_request'],
  ['20,000 levels', { ...ask(deep(20_000)), headers: json }, 400, 'invalid_request'],
  ['__proto__', { ...ask('{"__proto__":{"admin":true}}'), headers: json }, 400, 'invalid_request'],
  ['constructor.prototype', { ...ask('{"constructor":{"prototype":{}}}'), headers: json }, 400, 'invalid_request'],
  ['NUL in the question', ask({ ...asked, question: 'a\u0000b' }), 400, 'invalid_request'],
  ['half a surrogate pair', { ...ask('{"question":"\\ud800"}'), headers: json }, 400, 'invalid_request'],
  ['65 KiB of JSON', ask({ ...asked, question: 'x'.repeat(66_000) }), 413, 'body_too_large'],
  [
    'text/plain',
    { ...ask(JSON.stringify(asked)), headers: { ...key, 'content-type': 'text/plain' } },
    415,
    'unsupported_media_type',
  ],
  [
    'a form where JSON belongs',
    { ...ask('question=x'), headers: { ...key, 'content-type': 'application/x-www-form-urlencoded' } },
    415,
    'unsupported_media_type',
  ],
  [
    'JSON in UTF-16',
    { ...ask('{}'), headers: { ...key, 'content-type': 'application/json; charset=utf-16' } },
    415,
    'unsupported_media_type',
  ],
  [
    'a compressed body',
    { ...ask('{}'), headers: { ...json, 'content-encoding': 'gzip' } },
    415,
    'unsupported_media_type',
  ],
  [
    'a content type that lies',
    { ...ask('{}'), headers: { ...key, 'content-type': 'application/jsonp' } },
    415,
    'unsupported_media_type',
  ],

  // Fields
  ['no question', ask({ session_id: sessionId }), 400, 'invalid_request'],
  ['an empty question', ask({ ...asked, question: '' }), 400, 'invalid_request'],
  ['a blank question', ask({ ...asked, question: ' \n ' }), 400, 'invalid_request'],
  ['a question of 4,001 characters', ask({ ...asked, question: 'x'.repeat(4_001) }), 400, 'invalid_request'],
  ['a question that is a number', ask({ ...asked, question: 1 }), 400, 'invalid_request'],
  ['a question that is an object', ask({ ...asked, question: { $ne: null } }), 400, 'invalid_request'],
  ['a session id that is none', ask({ ...asked, session_id: '../../etc/passwd' }), 400, 'invalid_request'],
  ['a session id as a list', ask({ ...asked, session_id: [sessionId] }), 400, 'invalid_request'],
  ['a user id of 201 characters', ask({ ...asked, user_id: 'x'.repeat(201) }), 400, 'invalid_request'],
  ['a user id that is true', { path: '/session', headers: key, body: { user_id: true } }, 400, 'invalid_request'],
  [
    'a website url of 2,001 characters',
    { path: '/session', headers: key, body: { website_url: 'x'.repeat(2_001) } },
    400,
    'invalid_request',
  ],
  [
    'feedback with stars',
    { path: `/messages/${messageId}/feedback`, headers: key, body: { session_id: sessionId, rating: 5 } },
    400,
    'invalid_request',
  ],
  [
    'feedback with a member nobody knows',
    {
      path: `/messages/${messageId}/feedback`,
      headers: key,
      body: { session_id: sessionId, rating: 'up', admin: true },
    },
    400,
    'invalid_request',
  ],
  [
    'feedback for a message id that is none',
    { path: '/messages/1/feedback', headers: key, body: { session_id: sessionId, rating: 'up' } },
    400,
    'invalid_request',
  ],
  ['a registration without a name', { path: '/register-domain', headers: admin, body: {} }, 400, 'invalid_request'],
  [
    'a registration with a list of names',
    { path: '/register-domain', headers: admin, body: { domain_name: ['a.example'] } },
    400,
    'invalid_request',
  ],
  [
    'a name of 301 characters',
    { path: '/register-domain', headers: admin, body: { domain_name: 'x'.repeat(301) } },
    400,
    'invalid_request',
  ],
  [
    'a setting nobody knows',
    { path: `/domains/${acmeId}`, method: 'PATCH', headers: key, body: { is_admin: true } },
    400,
    'invalid_request',
  ],
  [
    'an allowed origin that is none',
    { path: `/domains/${acmeId}`, method: 'PATCH', headers: key, body: { allowed_origins: ['*'] } },
    400,
    'invalid_request',
  ],
  [
    'a colour with code in it',
    { path: `/domains/${acmeId}`, method: 'PATCH', headers: key, body: { widget: { primary_color: 'red;}body{' } } },
    400,
    'invalid_request',
  ],
  [
    'text to upload without a name',
    { path: '/knowledge/upload/text', headers: key, body: { text_content: 'x' } },
    400,
    'invalid_request',
  ],
  [
    'blank text to upload',
    { path: '/knowledge/upload/text', headers: key, body: { text_content: ' ', document_name: 'a' } },
    400,
    'invalid_request',
  ],
  [
    '301 KiB of text',
    { path: '/knowledge/upload/text', headers: key, body: { text_content: 'x'.repeat(308_000), document_name: 'a' } },
    413,
    'body_too_large',
  ],
  [
    'a chunk of 0 characters',
    { path: '/knowledge/upload/text', headers: key, body: { text_content: 'x', document_name: 'a', chunk_size: 0 } },
    400,
    'invalid_request',
  ],
  [
    'a chunk of 1.5 characters',
    {
      path: '/knowledge/upload/text',
      headers: key,
      body: { text_content: 'x', document_name: 'a', chunk_size: 150.5 },
    },
    400,
    'invalid_request',
  ],
  ['a crawl without an address', { path: '/knowledge/upload/url', headers: key, body: {} }, 400, 'invalid_request'],
  [
    'a crawl of depth 6',
    { path: '/knowledge/upload/url', headers: key, body: { url_to_scrape: 'https://a.example', max_depth: 6 } },
    400,
    'invalid_request',
  ],
  [
    'a crawl of 101 links',
    { path: '/scrape', headers: key, body: { website_url: 'https://a.example', max_pages: 101 } },
    400,
    'invalid_request',
  ],
  [
    'a crawl of depth -1',
    { path: '/scrape-website', headers: key, body: { website_url: 'https://a.example', depth: -1 } },
    400,
    'invalid_request',
  ],
  ['a pattern of addresses that is none', crawlOf({ include: ['docs/*'] }), 400, 'invalid_request'],
  ['a pattern with a space', crawlOf({ exclude: ['/a b'] }), 400, 'invalid_request'],
  ['21 patterns', crawlOf({ include: Array.from({ length: 21 }, () => '/a/*') }), 400, 'invalid_request'],
  ['a pattern of 201 characters', crawlOf({ include: [`/${'*'.repeat(200)}`] }), 400, 'invalid_request'],
  ['a pattern that is no text', crawlOf({ include: [1] }), 400, 'invalid_request'],
  [
    'a wait that is neither yes nor no',
    { path: '/knowledge/upload/url?wait=maybe', headers: key, body: { url_to_scrape: 'https://a.example' } },
    400,
    'invalid_request',
  ],

  // Paths, queries, headers
  ['an address that is not there', { path: '/admin.php' }, 404, 'route_unknown'],
  ['an address that climbs', { path: '/static/..%2f..%2fpackage.json' }, 404, 'route_unknown'],
  ['an encoded climb', { path: '/static/%2e%2e/%2e%2e/etc/passwd' }, 404, 'route_unknown'],
  ['a hidden file', { path: '/static/.env' }, 404, 'route_unknown'],
  ['NUL in a path', { path: '/static/a%00.js' }, 404, 'route_unknown'],
  ['a broken escape', { path: '/conversations/%E0%A4%A', headers: key }, 400, 'invalid_request'],
  ['a method that a path does not take', { path: '/ask', headers: key }, 405, 'method_not_allowed'],
  ['PUT', { path: '/session', method: 'PUT', headers: key, body: {} }, 405, 'method_not_allowed'],
  ['a session id that is none', { path: '/sessions/1%20OR%201=1', headers: key }, 400, 'invalid_request'],
  ['a conversation of prototypes', { path: '/conversations/__proto__', headers: key }, 400, 'invalid_request'],
  ['a document id that is none', { path: '/knowledge/documents/*', headers: key }, 400, 'invalid_request'],
  ['a job id that is none', { path: '/knowledge/jobs/evt.%3E', headers: key }, 400, 'invalid_request'],
  ['a domain id that is none', { path: '/domains/1', headers: admin }, 400, 'invalid_request'],
  ['NUL in a user id', { path: '/memory/users/a%00b', headers: key }, 400, 'invalid_request'],
  [
    'a user id of 201 characters in a path',
    { path: `/memory/users/${'x'.repeat(201)}`, headers: key },
    400,
    'invalid_request',
  ],
  ['a limit of 0', { path: '/sessions?limit=0', headers: key }, 400, 'invalid_request'],
  ['a limit of 101', { path: '/sessions?limit=101', headers: key }, 400, 'invalid_request'],
  ['a limit in words', { path: '/knowledge/documents?limit=ten', headers: key }, 400, 'invalid_request'],
  ['two limits', { path: '/agents?limit=1&limit=2', headers: key }, 400, 'invalid_request'],
  [
    'a cursor of 257 characters',
    { path: `/domains?cursor=${'x'.repeat(257)}`, headers: admin },
    400,
    'invalid_request',
  ],
  ['a place that is no number', { path: '/events?last_event_id=-1', headers: key }, 400, 'invalid_request'],
  [
    'a header place that is no number',
    { path: '/events', headers: { ...key, 'last-event-id': 'abc' } },
    400,
    'invalid_request',
  ],
  ['a replay from nowhere', { path: '/events?from=end', headers: key }, 400, 'invalid_request'],
  [
    'an idempotency key of 256 characters',
    { path: '/session', headers: { ...key, 'idempotency-key': 'x'.repeat(256) }, body: {} },
    400,
    'invalid_request',
  ],
  [
    'an idempotency key with a blank',
    { path: '/session', headers: { ...key, 'idempotency-key': 'a b' }, body: {} },
    400,
    'invalid_request',
  ],
  ['a conversation of nobody', { path: `/conversations/${sessionId}?user_id=`, headers: key }, 400, 'invalid_request'],

  // Uploads
  ['an upload as JSON', { path: '/knowledge/upload/file', headers: json, body: '{}' }, 415, 'unsupported_media_type'],
  [
    'an upload without a boundary',
    { path: '/knowledge/upload/file', headers: { ...key, 'content-type': 'multipart/form-data' }, body: 'x' },
    415,
    'unsupported_media_type',
  ],
  [
    'an upload without a body',
    { path: '/knowledge/upload/file', method: 'POST', headers: form },
    400,
    'invalid_request',
  ],
  [
    'a form that never ends',
    { path: '/knowledge/upload/file', headers: form, body: part('file', 'x', 'a.txt') },
    400,
    'invalid_request',
  ],
  ['a form without a file', upload(part('website_url', 'x')), 400, 'invalid_request'],
  ['a file in another field', upload(part('document', 'x', 'a.txt')), 400, 'invalid_request'],
  ['a file without a name', upload(part('file', 'x', '')), 400, 'invalid_request'],
  ['a file named like a folder', upload(part('file', 'x', '../')), 400, 'invalid_request'],
  ['two files', upload(part('file', 'x', 'a.txt'), part('file', 'y', 'b.txt')), 400, 'invalid_request'],
  [
    'a field twice',
    upload(part('chunk_size', '500'), part('chunk_size', '600'), part('file', 'x', 'a.txt')),
    400,
    'invalid_request',
  ],
  [
    'eleven fields',
    upload(...Array.from({ length: 11 }, (_, n) => part(`f${n}`, 'x')), part('file', 'x', 'a.txt')),
    400,
    'invalid_request',
  ],
  [
    'a field of 9 KiB',
    upload(part('custom_name', 'x'.repeat(9_000)), part('file', 'x', 'a.txt')),
    400,
    'invalid_request',
  ],
  ['a chunk size in words', upload(part('chunk_size', 'big'), part('file', 'x', 'a.txt')), 400, 'invalid_request'],
  [
    'a chunk size of 5,000 behind the file',
    upload(part('file', 'x', 'a.txt'), part('chunk_size', '5000')),
    400,
    'invalid_request',
  ],
  ['a flag that is none', upload(part('use_semantic', 'perhaps'), part('file', 'x', 'a.txt')), 400, 'invalid_request'],
  ['a file over the limit', upload(part('file', 'x'.repeat(200_001), 'a.txt')), 413, 'body_too_large'],
  [
    'a file over the limit by what it says',
    { ...upload(part('file', 'x'.repeat(300_000), 'a.txt')) },
    413,
    'body_too_large',
  ],
];
