import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Site } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { startSystem, type System } from '../support/system.ts';

describe.each(['in-process', 'nats'] as const)('a stop and a start over the %s bus', (bus) => {
  let system: System;
  let site: Site;
  beforeAll(async () => {
    system = await startSystem({ bus });
    site = await system.api.register('oak.example');
    await site.untilState('ready');
  });
  afterAll(async () => {
    expect(await system.clouds.gradient.violations()).toEqual([]);
    await system.stop();
  });
  const restart = async (): Promise<void> => {
    await system.stopServices();
    await system.startServices();
  };

  test('find every domain, document, session, event and memory', async () => {
    const { document_id } = await site.teach('hours.md', '# Hours\n\nThe reading room opens at half past eight.');
    const { session_id } = await site.openSession('ada');
    const told = await site.ask('My favourite author is Selma Lagerlof.', { session_id, user_id: 'ada' });
    await eventually(async () => (await site.asOwner('/memory/users/ada')).text.includes('Selma'));
    const before = { domain: await site.domain(), conversation: await site.conversation(session_id) };

    await restart();

    expect(await site.domain()).toEqual(before.domain);
    expect(await site.conversation(session_id)).toEqual(before.conversation);
    expect((await site.documents()).map(({ id }) => id)).toContain(document_id);
    expect((await site.ask('When does the reading room open?')).answer).toContain('half past eight');
    const anew = await site.openSession('ada');
    const remembered = await site.ask('Who is my favourite author?', { session_id: anew.session_id, user_id: 'ada' });
    expect(remembered.answer).toContain('Selma Lagerlof');
    expect(told.session_id).toBe(session_id);
    const events = await site.events();
    await eventually(() => events.events().some(({ event }) => event === 'DomainRegistered'));
    events.leave();
    expect(await system.clouds.gradient.counts()).toMatchObject({ agents: 1, agent_keys: 1 });
  });

  test('finish what was accepted before: an upload under way and a registration', async () => {
    await system.clouds.gradient.set({ index_ms: 2_500, deploy_ms: 2_500 });
    const upload = await site.upload({ filename: 'late.txt', content: 'The last train leaves at a quarter to one.' });
    const late = await system.api.register('late.example');
    await restart();
    await system.clouds.gradient.set({ index_ms: 50, deploy_ms: 150 });
    await site.jobDone(upload.job_id);
    expect((await site.ask('When does the last train leave?')).answer).toContain('quarter to one');
    await late.untilState('ready');
    expect(await system.clouds.gradient.counts()).toMatchObject({ agents: 2, agent_keys: 2, databases: 1 });
  });

  test('finish a removal that was under way', async () => {
    const upload = await site.teach('gone.txt', 'The old mill will be pulled down in autumn.');
    const { job_id } = await site.removeDocument(upload.document_id);
    await restart();
    await site.jobDone(job_id);
    expect((await site.ask('When will the old mill be pulled down?')).answer).not.toContain('autumn');
  });
});
