import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { projectRoot } from './project-root.ts';
import type { LocalSettings } from './settings.ts';

export interface DemoOptions {
  /** Where the gateway answers. */
  readonly url: string;
  readonly adminKey: string;
  /** Where what was registered is remembered, for us and for the gateway's `/demo/info`. */
  readonly file: string;
  /** Further origins than the domain itself that the page may be opened from. */
  readonly origins: readonly string[];
}

const demoDomainName = 'localhost';

const suggestedQuestions = [
  'How long does delivery take?',
  'Can I return a tent I have already pitched?',
  'Which tent fits three people?',
  'How do I dry a wet tent before storing it?',
  'When is the shop open on Saturday?',
];

/** The shop's documents in `demo-knowledge`, and what they are called. */
const documents = [
  { file: 'delivery.md', name: 'Delivery' },
  { file: 'returns.md', name: 'Returns and refunds' },
  { file: 'warranty-and-repairs.md', name: 'Warranty and repairs' },
  { file: 'tent-care.md', name: 'Looking after your tent' },
  { file: 'shop-and-contact.txt', name: 'Shop and contact' },
  { file: 'products.csv', name: 'Products' },
  { file: 'faq.json', name: 'Frequently asked questions' },
] as const;

/** Sets the demo up in the background: it is a courtesy, and a start without it is still a start. */
export const showDemo = ({ PORT, ADMIN_API_KEY }: LocalSettings, file: string): void => {
  const url = `http://127.0.0.1:${PORT}`;
  seedDemo({ url, adminKey: ADMIN_API_KEY, file, origins: [`http://localhost:${PORT}`, url] }).catch(
    (error: unknown) => {
      console.error(`The demo could not be set up: ${error instanceof Error ? error.message : String(error)}`);
    },
  );
};

/**
 * Registers the demo's domain through the public API, as anybody would, and uploads the shop's documents. What is there
 * already stays: a start after a broken one takes up where that one ended.
 */
export const seedDemo = async (options: DemoOptions): Promise<void> => {
  const demo = (await readDemo(options)) ?? (await register(options));
  await configure(options, demo);
  const known = await documentNames(options, demo);
  for (const { file, name } of documents) {
    if (known.has(name)) continue;
    const content = await readFile(join(projectRoot, 'infra/local/demo-knowledge', file));
    await upload(options, demo, { file, name, content });
  }
};

const demoFile = z.object({ domain_id: z.string(), api_key: z.string(), domain_name: z.string() });
type Demo = z.output<typeof demoFile>;

/** What an earlier start registered, if that domain is still there. */
const readDemo = async (options: DemoOptions): Promise<Demo | undefined> => {
  const text = await readFile(options.file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const demo = demoFile.parse(JSON.parse(text));
  const response = await call(options, `/domains/${demo.domain_id}`, { headers: adminHeaders(options) });
  if (response.status === 404) return undefined;
  await accepted(response);
  return demo;
};

const register = async (options: DemoOptions): Promise<Demo> => {
  const first = await requestRegistration(options);
  // Registered, but the file with its key is gone: the admin gets a new key.
  const response = first.status === 409 ? await rotateKey(options) : await accepted(first);
  const { domain_id, api_key } = z.object({ domain_id: z.string(), api_key: z.string() }).parse(response);
  const demo = { domain_id, api_key, domain_name: demoDomainName };
  await writeFile(`${options.file}.new`, JSON.stringify(demo), { mode: 0o600 });
  await rename(`${options.file}.new`, options.file);
  return demo;
};

const requestRegistration = (options: DemoOptions): Promise<Response> =>
  call(options, '/register-domain', {
    method: 'POST',
    headers: { ...adminHeaders(options), 'content-type': 'application/json' },
    body: JSON.stringify({ domain_name: demoDomainName }),
  });

const rotateKey = async (options: DemoOptions): Promise<unknown> => {
  const list = z.object({ domains: z.array(demoFile.omit({ api_key: true })) });
  const answer = await accepted(await call(options, '/domains?limit=100', { headers: adminHeaders(options) }));
  const domain = list.parse(answer).domains.find(({ domain_name }) => domain_name === demoDomainName);
  if (domain === undefined) throw new Error('the demo domain is taken, but not listed');
  return accepted(
    await call(options, `/domains/${domain.domain_id}/api-key`, { method: 'POST', headers: adminHeaders(options) }),
  );
};

const configure = async (options: DemoOptions, demo: Demo): Promise<void> => {
  await accepted(
    await call(options, `/domains/${demo.domain_id}`, {
      method: 'PATCH',
      headers: { ...adminHeaders(options), 'content-type': 'application/json' },
      body: JSON.stringify({
        allowed_origins: options.origins,
        suggested_questions: suggestedQuestions,
        widget: {
          title: 'Fernhill Outdoor',
          primary_color: '#2f5d46',
          welcome_message: 'Hello! Ask me about tents, delivery, returns or our shop.',
        },
      }),
    }),
  );
};

const documentPage = z.object({
  documents: z.array(z.object({ name: z.string() })),
  next_cursor: z.string().nullable(),
});
const pagesMax = 20;

const documentNames = async (options: DemoOptions, demo: Demo): Promise<ReadonlySet<string>> => {
  const names = new Set<string>();
  let cursor = '';
  for (let page = 0; page < pagesMax; page += 1) {
    const query = new URLSearchParams({ limit: '100', ...(cursor === '' ? {} : { cursor }) });
    const response = await call(options, `/knowledge/documents?${query.toString()}`, { headers: keyHeaders(demo) });
    const { documents: listed, next_cursor } = documentPage.parse(await accepted(response));
    for (const { name } of listed) names.add(name);
    if (next_cursor === null) break;
    cursor = next_cursor;
  }
  return names;
};

const upload = async (
  options: DemoOptions,
  demo: Demo,
  { file, name, content }: { file: string; name: string; content: Buffer },
): Promise<void> => {
  const body = new FormData();
  body.set('custom_name', name);
  body.set('file', new Blob([new Uint8Array(content)]), file);
  await accepted(await call(options, '/knowledge/upload/file', { method: 'POST', headers: keyHeaders(demo), body }));
};

const patienceMs = 60_000;

/** What a machine that is still busy with its start refuses for now is asked again when it says so, for a minute. */
const call = async (options: DemoOptions, path: string, init: RequestInit): Promise<Response> => {
  const until = performance.now() + patienceMs;
  for (;;) {
    const response = await fetch(`${options.url}${path}`, { ...init, signal: AbortSignal.timeout(30_000) });
    const waitMs = Number(response.headers.get('retry-after') ?? 1) * 1000;
    const isBusy = response.status === 503 || response.status === 429;
    if (!isBusy || performance.now() + waitMs > until) return response;
    await response.body?.cancel();
    await sleep(waitMs);
  }
};

const accepted = async (response: Response): Promise<unknown> => {
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} from ${new URL(response.url).pathname}: ${text.slice(0, 300)}`);
  return JSON.parse(text);
};

const adminHeaders = ({ adminKey }: DemoOptions): Record<string, string> => ({ authorization: `Bearer ${adminKey}` });

const keyHeaders = ({ api_key }: Demo): Record<string, string> => ({ authorization: `Bearer ${api_key}` });
