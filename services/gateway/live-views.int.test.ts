import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { getJob, jobProgressed, type JobView } from '../../shared/contracts/knowledge.ts';
import { agentCreated, agentRunning } from '../../shared/contracts/provisioning.ts';
import { Failure } from '../../shared/errors/failure.ts';
import { acmeId, acmeKey, adminKey, aJob, jobId, otherId, otherKey } from './testing/builders.ts';
import { anEvent } from './testing/events.ts';
import { openStream, type OpenStream } from './testing/open-stream.ts';
import { script, scriptTwoDomains } from './testing/scripted.ts';
import { send } from './testing/send.ts';
import { startTestGateway, type TestGateway } from './testing/start.ts';

const key = { authorization: `Bearer ${acmeKey}` };
const admin = { authorization: `Bearer ${adminKey}` };

describe('live views', () => {
  let gateway: TestGateway;
  const open: OpenStream[] = [];
  beforeEach(async () => {
    gateway = await startTestGateway();
    await scriptTwoDomains(gateway.bus);
  });
  afterEach(async () => {
    for (const stream of open.splice(0)) stream.leave();
    await gateway.stop();
  });

  const watch = async (path: string, headers: Record<string, string>): Promise<OpenStream> => {
    const stream = await openStream(gateway, path, { headers });
    open.push(stream);
    return stream;
  };
  const created = (domainId: string, agent: string) =>
    gateway.bus.publish(agentCreated, anEvent(agentCreated, domainId, { agent_uuid: agent }));

  it("show a domain's events as they happen, and no other's", async () => {
    const stream = await watch(`/domains/${acmeId}/events`, key);
    await created(otherId, 'theirs');
    await created(acmeId, 'ours');
    const [first] = await stream.events(1);
    expect(first).toMatchObject({
      event: 'AgentCreated',
      data: { name: 'AgentCreated', domain_id: acmeId, data: { agent_uuid: 'ours' } },
    });
    expect(stream.text()).not.toContain('theirs');
    expect(stream.headers.get('content-type')).toContain('text/event-stream');
  });

  it.each([
    ['the header', (id: string) => watch('/events', { ...admin, 'last-event-id': id })],
    ['the address', (id: string) => watch(`/events?last_event_id=${id}`, admin)],
  ])('resume behind the last event by %s', async (_how, resume) => {
    for (const agent of ['one', 'two', 'three']) await created(acmeId, agent);
    const all = await (await watch('/events?from=start', admin)).events(3);
    const rest = await (await resume(all[0]?.id ?? '')).events(2);
    expect(rest).toEqual(all.slice(1));
  });

  it('without a place begin with what comes from now on', async () => {
    await created(acmeId, 'before');
    const stream = await watch('/events', admin);
    await created(acmeId, 'after');
    const [first] = await stream.events(1);
    expect(first?.data.data.agent_uuid).toBe('after');
  });

  it('with a domain key show its own, also at /events', async () => {
    const stream = await watch('/events?from=start', { authorization: `Bearer ${otherKey}` });
    await created(acmeId, 'ours');
    await created(otherId, 'theirs');
    const [first] = await stream.events(1);
    expect(first?.data.domain_id).toBe(otherId);
    expect(
      (await send(gateway, `/domains/${acmeId}/events`, { headers: { authorization: `Bearer ${otherKey}` } })).status,
    ).toBe(404);
  });

  it('answer a HEAD and do not stay open for it', async () => {
    const reply = await send(gateway, '/events', { method: 'HEAD', headers: admin });
    expect(reply.status).toBe(200);
  });

  it('are told to come back elsewhere when the gateway stops', async () => {
    const stream = await watch('/events', admin);
    await gateway.stop();
    await stream.ended;
    expect(stream.text()).toContain('event: reconnect\n');
    gateway = await startTestGateway();
  });

  it('of a job send each step and end with it', async () => {
    let job: JobView = aJob({ phase: 'crawling', done: 1 });
    await script(gateway.bus, getJob, () => ({ job }));
    const stream = await watch(`/knowledge/jobs/${jobId}`, key);
    await stream.events(1);
    job = aJob({ phase: 'indexing', done: 2 });
    const step = { job_id: jobId, phase: 'indexing' as const, done: 2, total: 3 };
    await gateway.bus.publish(jobProgressed, anEvent(jobProgressed, acmeId, step));
    await stream.events(2);
    // No event tells of the end: the job is read again anyway.
    job = aJob({ phase: 'done', done: 3 });
    const events = await stream.events(3);
    await stream.ended;
    expect(events.map(({ event, data }) => [event, data.phase, data.done])).toEqual([
      ['progress', 'crawling', 1],
      ['progress', 'indexing', 2],
      ['end', 'done', 3],
    ]);
  });

  it('of a job that are joined again, even where another process serves them, begin with how it stands', async () => {
    let job: JobView = aJob({ phase: 'crawling', done: 1 });
    await script(gateway.bus, getJob, () => ({ job }));
    const stream = await watch(`/knowledge/jobs/${jobId}`, key);
    await stream.events(1);
    stream.leave();
    job = aJob({ phase: 'indexing', done: 2 });
    const again = await watch(`/knowledge/jobs/${jobId}`, { ...key, 'last-event-id': `${jobId}:1` });
    expect((await again.events(1))[0]).toMatchObject({ event: 'progress', data: { phase: 'indexing', done: 2 } });
    again.leave();
    job = aJob({ phase: 'failed', done: 2, error: { code: 'cloud_refused', message: 'No.' } });
    const late = await watch(`/knowledge/jobs/${jobId}`, key);
    expect((await late.events(1))[0]).toMatchObject({ event: 'end', data: { phase: 'failed' } });
    await late.ended;
  });

  it('of a job are plain JSON without the wish for events, and 404 for another domain', async () => {
    await script(gateway.bus, getJob, ({ domain_id }) => {
      if (domain_id !== acmeId) throw new Failure('job_unknown');
      return { job: aJob() };
    });
    const path = `/knowledge/jobs/${jobId}`;
    expect((await send(gateway, path, { headers: key })).json).toEqual(aJob());
    const headers = { authorization: `Bearer ${otherKey}`, accept: 'text/event-stream' };
    const refused = await send(gateway, path, { headers });
    expect([refused.status, refused.json.code]).toEqual([404, 'job_unknown']);
  });

  it('ignore what other domains do', async () => {
    const stream = await watch(`/domains/${acmeId}/events`, key);
    await gateway.bus.publish(
      agentRunning,
      anEvent(agentRunning, otherId, { agent_uuid: 'x', agent_url: 'https://x.example' }),
    );
    await created(acmeId, 'ours');
    expect((await stream.events(1)).map(({ data }) => data.domain_id)).toEqual([acmeId]);
  });
});
