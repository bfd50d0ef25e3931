import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../tests/support/eventually.ts';
import { openPlatform, type TestPlatform } from '../../tests/support/platform.ts';
import { startGateway } from '../../services/gateway/service.ts';
import { envelopeOf, wakeUp } from '../../shared/bus/conformance-world.ts';
import { deadLetterQueries } from '../../shared/contracts/dead-letters.ts';
import * as knowledge from '../../shared/contracts/knowledge.ts';
import { deleteOrphan, listOrphans } from '../../shared/contracts/provisioning.ts';
import { storingOwners } from '../../shared/contracts/message.ts';
import { Failure } from '../../shared/errors/failure.ts';
import { startMessaging } from '../../shared/outbox/messaging.ts';
import type { Running } from '../../shared/runtime/platform.ts';
import { AdminError } from './command.ts';
import { runAdmin } from './run-admin.ts';

let platform: TestPlatform;
let parts: Running[];
let url: string;
let mended: ReadonlySet<number>;
beforeEach(async () => {
  platform = await openPlatform({ NODE_ENV: 'development', PORT: '0', WEB_ROOT: '/nowhere' });
  mended = new Set();
  const messagings = await Promise.all(storingOwners.map((owner) => startMessaging(platform, owner)));
  await messagings[3]?.consume(wakeUp, async (_tx, { data }) => {
    if (!mended.has(data.n)) throw new Failure('document_broken');
  });
  const { running, port } = await startGateway(platform);
  parts = [running, ...messagings];
  url = `http://127.0.0.1:${port}`;
});
afterEach(async () => {
  for (const part of parts) await part.stop();
  await platform.close();
});

const admin = (...words: string[]) => runAdmin(words, { PARLEY_URL: url });
const bury = (...ns: number[]) => Promise.all(ns.map((n) => platform.bus.publish(wakeUp, envelopeOf(wakeUp, n))));
const idOf = async (n: number): Promise<string> =>
  eventually(async () => {
    const rows = await platform.sql<{ id: string }>(`select id from dead_letters where message like $1`, [
      `%"n":${n}}%`,
    ]);
    return rows[0]?.id;
  });

describe('npm run admin -- dlq', () => {
  it('lists what was given up, and says so when there is nothing', async () => {
    expect(await admin('dlq', 'list')).toEqual({ text: 'No dead letters.', isDone: true });
    await bury(1, 2);
    const { text } = await admin('dlq', 'list', '--owner', 'memory');
    expect(text.split('\n')).toHaveLength(3);
    expect(text).toContain('document_broken');
    expect(JSON.parse((await admin('dlq', 'list', '--owner', 'chat', '--json')).text)).toEqual([]);
  });

  it('shows one with its message', async () => {
    await bury(1);
    expect((await admin('dlq', 'show', await idOf(1))).text).toContain('"data":{"n":1}');
  });

  it('replays what can be handled now, and tells what failed again', async () => {
    await bury(1, 2);
    mended = new Set([1]);
    const [first, second] = [await idOf(1), await idOf(2)];
    const { text, isDone } = await admin('dlq', 'replay', first, second);
    expect(isDone).toBe(false);
    expect(text).toMatch(new RegExp(`${first} +replayed\n${second} +failed again: document_broken`));
    expect((await admin('dlq', 'list', '--json')).text).not.toContain(first);
  });

  it('discards all that there are', async () => {
    await bury(1, 2, 3);
    expect((await admin('dlq', 'discard', '--all')).isDone).toBe(true);
    expect((await admin('dlq', 'list')).text).toBe('No dead letters.');
  });

  it('tells in one line what the gateway refuses, and who does not answer', async () => {
    await expect(admin('dlq', 'show', platform.clock.newId())).rejects.toThrow(/^not_found: /);
    await expect(runAdmin(['dlq', 'list'], { PARLEY_URL: url, ADMIN_API_KEY: 'wrong-key' })).rejects.toThrow(
      AdminError,
    );
    await expect(runAdmin(['dlq', 'list'], { PARLEY_URL: 'http://127.0.0.1:1' })).rejects.toThrow(/PARLEY_URL/);
  });

  it('explains itself when it is asked to or does not understand', async () => {
    expect((await admin('--help')).text).toContain('dlq replay <id>… | --all');
    expect((await admin()).text).toContain('dlq list');
    await expect(admin('dlq', 'bury')).rejects.toMatchObject({ isUsage: true });
    await expect(admin('dlq', 'list', '--colour')).rejects.toMatchObject({ isUsage: true });
    await expect(admin('dlq', 'replay')).rejects.toMatchObject({ isUsage: true });
  });
});

describe('npm run admin -- orphans', () => {
  it('lists what belongs to nobody and deletes one, by the words of its owner', async () => {
    const orphan = {
      kind: 'agent' as const,
      uuid: 'a-1',
      name: 'stray',
      agent_uuid: null,
      found_at: new Date(0).toISOString(),
    };
    const deleted: string[] = [];
    await platform.bus.answer(listOrphans, async () => ({ orphans: deleted.length === 0 ? [orphan] : [] }));
    await platform.bus.answer(knowledge.listOrphans, async () => ({ orphans: [] }));
    await platform.bus.answer(deleteOrphan, async ({ uuid }) => {
      if (uuid !== orphan.uuid) throw new Failure('not_found');
      deleted.push(uuid);
      return {};
    });
    expect((await admin('orphans', 'list')).text).toContain('a-1');
    await expect(admin('orphans', 'delete', 'agent', 'b-2')).rejects.toThrow(/^not_found: /);
    expect((await admin('orphans', 'delete', 'agent', 'a-1')).text).toBe('agent a-1 deleted.');
    expect(await admin('orphans', 'list')).toMatchObject({ text: 'No orphans.', isDone: true });
  });

  it('says who did not answer', async () => {
    expect(await admin('orphans', 'list')).toMatchObject({ isDone: false });
  });
});

it('every owner with tables answers for its dead letters', async () => {
  const call = { deadlineAt: platform.clock.now() + 5_000, correlationId: 'test' };
  const answers = await Promise.all(
    storingOwners.map((owner) => platform.bus.ask(deadLetterQueries[owner].list, {}, call)),
  );
  expect(answers.map(({ total }) => total)).toEqual([0, 0, 0, 0]);
});
