import { randomBytes } from 'node:crypto';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { natsUrl } from '../../tests/support/servers.ts';
import { systemClock as clock } from '../runtime/clock.ts';
import { blobConformance } from './conformance.ts';
import { createObjectStoreBlobs } from './object-store.ts';

blobConformance('object store', async () => {
  const connection = await connect({ servers: natsUrl() });
  const bucket = `t${randomBytes(6).toString('hex')}`;
  return {
    store: await createObjectStoreBlobs({ connection, clock, bucket, bucketBytesMax: 64 * 1024 * 1024 }),
    close: async () => {
      await (await jetstreamManager(connection)).streams.delete(`OBJ_${bucket}`);
      await connection.close();
    },
  };
});
