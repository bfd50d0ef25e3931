import assert from 'node:assert/strict';
import { pino } from 'pino';
import { domainRemoved } from '../../contracts/provisioning.ts';
import { createSimulation, type SimulatedProcess } from '../../testing/simulation.ts';
import { playTape, type Schedule } from '../../testing/tape.ts';
import type { RelayStore } from '../relay-rows.ts';
import { startRelay } from '../relay.ts';
import { createSimulatedOutbox } from './simulated-outbox.ts';
import { createSimulatedStream } from './simulated-stream.ts';

const processes = 2;
const sequences = ['aaaaaaaa-aaaa-4000-8000-000000000001', 'bbbbbbbb-bbbb-4000-8000-000000000002', null] as const;
/** When the world has done its worst. */
const disturbedMs = 60_000;
/** Longer than any late effect and the news of a lost store take together. */
const calmMs = 15_000;
const limitMs = 30 * 60_000;
const logger = pino({ level: 'silent' });

/**
 * Relays of several processes send what is committed meanwhile. Throws unless every row got into the stream, no earlier than
 * the rows before it in its sequence, and none was called sent that was never handed over. `amended` is what a test breaks.
 */
export const simulateRelay = async (
  schedule: Schedule,
  amended: (store: RelayStore) => RelayStore = (store) => store,
): Promise<void> => {
  const world = createRelayWorld(schedule, amended);
  const { outbox, stream } = world;
  assert.ok(await world.untilCalm(), 'a row is never sent');
  assert.deepEqual(world.untrue, [], 'rows called sent that were never handed over');
  for (const sequence of sequences.filter((one) => one !== null)) {
    const committed = outbox.rows.filter(({ orderedBy }) => orderedBy === sequence).map(({ messageId }) => messageId);
    const told = [...stream.first].filter((id) => committed.includes(id));
    assert.deepEqual(told, committed, 'events of one domain, in the order of their commits');
  }
  const missing = outbox.rows.filter(({ messageId }) => !stream.holds(messageId));
  assert.deepEqual(missing, [], 'rows that the stream does not hold in the end');
};

const createRelayWorld = (schedule: Schedule, amended: (store: RelayStore) => RelayStore) => {
  const tape = playTape(schedule);
  const world = createSimulation(tape, (process) => {
    const fate = tape.pick(80);
    if (fate === 1) die(process);
    if (fate === 2) process.pause(1 + tape.pick(45_000));
    if (fate === 3) process.jump(tape.pick(120_000) - 60_000);
  });
  const untrue: string[] = [];
  const stream = createSimulatedStream(world);
  const outbox = createSimulatedOutbox(world, ({ messageId }) => {
    if (!stream.first.has(messageId)) untrue.push(messageId);
  });
  let wakeOne = (): void => undefined;
  const startProcess = (): void => {
    const process = world.startProcess();
    const relay = startRelay({
      owner: 'provisioning',
      store: amended(outbox.for(process)),
      bus: stream.for(process),
      clock: process.clock,
      logger,
      started: Promise.resolve(),
    });
    wakeOne = () => process.after(0, () => relay.wake());
  };
  const die = (process: SimulatedProcess): void => {
    process.kill();
    world.after(500 + tape.random() * 5_000, startProcess);
  };
  for (let index = 0; index < processes; index += 1) startProcess();

  const someMoment = (): number => tape.random() * disturbedMs;
  for (const orderedBy of sequences) {
    for (let left = 4; left > 0; left -= 1) {
      world.after(someMoment(), () => {
        outbox.commit(rowOf(world.newId(), orderedBy));
        wakeOne();
      });
    }
  }
  if (tape.random() < 0.5) world.after(someMoment(), () => stream.leave(1_000 + tape.random() * 20_000));
  if (tape.random() < 0.5) world.after(someMoment(), stream.lose);

  let calmSince = world.now() + disturbedMs;
  const isCalm = (): boolean => {
    if (!tape.isOver() || outbox.rows.some(({ sentAt }) => sentAt === null))
      calmSince = Math.max(calmSince, world.now());
    return world.now() - calmSince > calmMs;
  };
  return { outbox, stream, untrue, untilCalm: () => world.run(isCalm, limitMs) };
};

const rowOf = (messageId: string, orderedBy: string | null) => ({
  messageId,
  orderedBy,
  subject: domainRemoved.subject,
  envelope: {
    id: messageId,
    name: domainRemoved.name,
    subject: domainRemoved.subject,
    occurred_at: '2026-01-01T00:00:00.000Z',
    domain_id: orderedBy ?? messageId,
    correlation_id: messageId,
    causation_id: null,
    traceparent: null,
    data: {},
  },
});
