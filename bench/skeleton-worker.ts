import { Agent, request } from 'node:http';
import { connect } from '@nats-io/transport-node';
import { Pool } from 'pg';

// The other half of the yardstick: two upstream calls and two inserts an ask, nothing else.
const agentUrl = process.env['AGENT_URL'] ?? '';
const keepAlive = new Agent({ keepAlive: true, maxSockets: 128 });
const pool = new Pool({ connectionString: process.env['DATABASE_URL'], max: 10 });
const insert = { name: 'insert', text: 'insert into skeleton_messages (role, content) values ($1, $2)' };

const callUpstream = (question: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const body = JSON.stringify({ messages: [{ role: 'user', content: question }], stream: false });
    const sent = request(
      agentUrl,
      {
        method: 'POST',
        agent: keepAlive,
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
        response.on('error', reject);
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });

await pool.query('create table if not exists skeleton_messages (id bigserial primary key, role text, content text)');
const connection = await connect({ servers: process.env['NATS_URL'] ?? '' });
connection.subscribe('skeleton.ask', {
  queue: 'workers',
  callback: (_error, message) => {
    const work = async (): Promise<void> => {
      const { question } = message.json<{ question: string }>();
      await callUpstream(question);
      const answer = await callUpstream(question);
      await pool.query({ ...insert, values: ['user', question] });
      await pool.query({ ...insert, values: ['assistant', answer] });
      message.respond(JSON.stringify({ answer }));
    };
    work().catch(() => message.respond('{}'));
  },
});
process.on('SIGTERM', () => process.exit(0));
