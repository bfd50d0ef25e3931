import express from 'express';
import { connect } from '@nats-io/transport-node';

// The yardstick: the least that Express → NATS → worker can be. No session, origin or key checks.
const connection = await connect({ servers: process.env['NATS_URL'] ?? '' });
const app = express();
app.get('/health/ready', (_request, response) => {
  response.json({ ready: true });
});
app.post('/ask', express.json(), (request, response, next) => {
  connection.request('skeleton.ask', JSON.stringify(request.body), { timeout: 30_000 }).then(
    (answer) => response.json(answer.json()),
    (thrown: unknown) => next(thrown),
  );
});
app.listen(Number(process.env['PORT']), '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
