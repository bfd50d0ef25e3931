import type { Answer, SessionView } from '../../../shared/contracts/chat.ts';
import type { JobView } from '../../../shared/contracts/knowledge.ts';
import type { DomainView } from '../../../shared/contracts/provisioning.ts';

export const adminKey = 'test_api_key_123';
export const acmeId = '0191d5a0-0000-7000-8000-000000000001';
export const otherId = '0191d5a0-0000-7000-8000-000000000002';
export const goneId = '0191d5a0-0000-7000-8000-00000000dead';
export const sessionId = '0191d5a0-0000-7000-8000-0000000000a1';
export const messageId = '0191d5a0-0000-7000-8000-0000000000b1';
export const documentId = '0191d5a0-0000-7000-8000-0000000000c1';
export const jobId = '0191d5a0-0000-7000-8000-0000000000d1';
export const acmeKey = 'acme-key-acme-key-acme-key';
export const otherKey = 'other-key-other-key-other-key';
export const now = '2026-01-02T03:04:05.000Z';

export const aDomain = (over: Partial<DomainView> = {}): DomainView => ({
  domain_id: acmeId,
  domain_name: 'acme.example',
  website_key: '0123456789abcdef',
  state: 'ready',
  settings: { allowed_origins: ['https://partner.example:8443'] },
  agent_uuid: 'agent-1',
  failure: null,
  created_at: now,
  updated_at: now,
  ...over,
});

export const aSession = (over: Partial<SessionView> = {}): SessionView => ({
  session_id: sessionId,
  domain_id: acmeId,
  user_id: 'anna',
  website_url: null,
  status: 'active',
  created_at: now,
  last_activity: now,
  ...over,
});

export const anAnswer = (over: Partial<Answer> = {}): Answer => ({
  message_id: messageId,
  session_id: sessionId,
  answer: 'Within 30 days [1].',
  sources: ['returns.md'],
  citations: [
    {
      index: 1,
      document_id: documentId,
      document: 'returns.md',
      heading: 'Returns',
      page: null,
      url: null,
      quote: 'within 30 days',
    },
  ],
  grounded: true,
  memories_used: 0,
  degraded: [],
  ...over,
});

export const aJob = (over: Partial<JobView> = {}): JobView => ({
  id: jobId,
  domain_id: acmeId,
  kind: 'crawl',
  phase: 'crawling',
  done: 0,
  total: 3,
  bytes: 0,
  eta_s: null,
  items: [],
  counts: {},
  error: null,
  created_at: now,
  updated_at: now,
  ...over,
});
