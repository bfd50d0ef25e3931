import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { renderUsers, roles } from '../../infra/nats/users.ts';
import { catalogue } from '../../shared/contracts/catalogue.ts';
import * as chat from '../../shared/contracts/chat.ts';
import * as knowledgeJobs from '../../shared/contracts/knowledge-jobs.ts';
import * as knowledgeSnapshots from '../../shared/contracts/knowledge-snapshots.ts';
import * as knowledge from '../../shared/contracts/knowledge.ts';
import * as memory from '../../shared/contracts/memory.ts';
import { owners, type Owner } from '../../shared/contracts/message.ts';
import * as provisioning from '../../shared/contracts/provisioning.ts';

const declared: Readonly<Record<string, unknown>> = {
  ...chat,
  ...knowledge,
  ...knowledgeJobs,
  ...knowledgeSnapshots,
  ...memory,
  ...provisioning,
};

/** The contracts whose constants stand in such a call anywhere in the service's code. */
const used = (service: Owner, call: RegExp) =>
  readdirSync(`services/${service}`, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !/\.test\.ts$|^testing\//.test(name))
    .flatMap((name) => [...readFileSync(`services/${service}/${name}`, 'utf8').matchAll(call)])
    .flatMap(([, name = '']) => catalogue.filter((contract) => contract === declared[name]));

describe.each(owners)('the NATS user of %s', (service) => {
  test('may ask whom the code asks, and nobody else', () => {
    const asked = used(service, /\.ask(?:Stream)?\(\s*(?:contracts\.)?(\w+)/g).map(({ owner }) => owner);
    expect([...roles[service].asks].sort()).toEqual([...new Set(asked)].sort());
  });

  test('may consume what the code consumes, and nothing else', () => {
    const consumed = used(service, /\.consume(?:OnceByKey)?\(\s*(?:contracts\.)?(\w+)/g).map(({ subject }) => subject);
    expect(roles[service].consumes.map(({ subject }) => subject).sort()).toEqual([...new Set(consumed)].sort());
  });

  test('may follow events if the code does', () => {
    const code = readdirSync(`services/${service}`, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !/\.test\.ts$|^testing\//.test(name))
      .map((name) => readFileSync(`services/${service}/${name}`, 'utf8'));
    expect(code.some((text) => /\bbus\.watch\(/.test(text))).toBe(roles[service].watches);
    expect(code.some((text) => /\bblobs\b[^;]*\.(put|get|sweep|delete)\(/.test(text))).toBe(roles[service].uploads);
  });
});

// With it the server (2.9) goes through everything that could still be answered at every message: after 10,000 questions in
// ten minutes it answered four times fewer a second.
test('no user’s rights to answer are kept by the server message by message', () => {
  expect(renderUsers()).not.toContain('allow_responses');
});

test('infra/nats/users.conf is what the roles say', () => {
  expect(readFileSync('infra/nats/users.conf', 'utf8')).toBe(renderUsers());
});
