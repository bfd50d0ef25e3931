import { setTimeout as sleep } from 'node:timers/promises';

export interface BenchDomain {
  readonly domainId: string;
  readonly apiKey: string;
}

/** Registers a domain through the public API and waits until its agent answers. */
export const registerDomain = async (url: string, adminKey: string): Promise<BenchDomain> => {
  const answer = await post(
    `${url}/register-domain`,
    { authorization: `Bearer ${adminKey}` },
    { domain_name: 'bench.example' },
  );
  const domain = { domainId: String(answer['domain_id']), apiKey: String(answer['api_key']) };
  for (let waited = 0; waited < 600; waited += 1) {
    const response = await fetch(`${url}/domains/${domain.domainId}`, {
      headers: { authorization: `Bearer ${adminKey}` },
    });
    const view = (await response.json()) as { state?: string };
    if (view.state === 'ready') return domain;
    await sleep(100);
  }
  throw new Error('The agent was not ready within 60 s');
};

/** One session for each worker, so that turns do not wait for each other. */
export const openSessions = async (url: string, domain: BenchDomain, count: number): Promise<readonly string[]> => {
  const sessions: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const answer = await post(`${url}/session`, headersOf(domain), { user_id: `visitor-${index}` });
    sessions.push(String(answer['session_id']));
  }
  return sessions;
};

export const headersOf = ({ domainId, apiKey }: BenchDomain): Record<string, string> => ({
  'x-domain-id': domainId,
  authorization: `Bearer ${apiKey}`,
});

/** Asks again when a system that has just started on a busy machine says that it is at its limit. */
const post = async (
  url: string,
  headers: Record<string, string>,
  body: unknown,
  triesLeft = 20,
): Promise<Record<string, unknown>> => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  if (response.status === 503 && triesLeft > 0) {
    await sleep(1_000);
    return post(url, headers, body, triesLeft - 1);
  }
  if (!response.ok) throw new Error(`POST ${url}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Record<string, unknown>;
};
