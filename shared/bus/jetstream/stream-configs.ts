import { DiscardPolicy, RetentionPolicy, StorageType, type StreamConfig } from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import { streamKinds, type Names } from './names.ts';

export type WantedStream = Partial<StreamConfig> & Pick<StreamConfig, 'name' | 'subjects'>;

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const mebibyte = 1024 * 1024;

/**
 * The two streams that hold every durable message of the catalogue: commands until they are done, events for a time; each
 * kept by so many servers of a cluster. Only what nats-server 2.9 knows: newer options are dropped there without a word.
 */
export const wantedStreams = (names: Names, replicas: number): readonly WantedStream[] => {
  const common = { storage: StorageType.File, duplicate_window: nanos(120_000), num_replicas: replicas };
  const byKind = {
    // A full work queue refuses, so that the outbox keeps what it has; dropping the oldest would lose wake-ups.
    CMD: {
      ...common,
      subjects: [names.subject('cmd.>')],
      retention: RetentionPolicy.Workqueue,
      discard: DiscardPolicy.New,
      max_msgs: 100_000,
      max_bytes: 256 * mebibyte,
    },
    EVT: {
      ...common,
      subjects: [names.subject('evt.>')],
      retention: RetentionPolicy.Limits,
      discard: DiscardPolicy.Old,
      max_age: nanos(7 * dayMs),
      max_bytes: 1024 * mebibyte,
    },
  };
  return streamKinds.map((kind) => ({ name: names.stream(kind), ...byKind[kind] }));
};
