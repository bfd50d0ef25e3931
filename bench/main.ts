import { parseArgs } from 'node:util';
import { benchAsk } from './ask.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    latency: { type: 'string', default: '0' },
    profile: { type: 'string' },
  },
});

if (positionals[0] === 'ask') {
  await benchAsk({ latencyMs: Number(values.latency), json: values.json, profileDir: values.profile });
} else {
  console.error('Usage: npm run bench -- ask [--latency MS] [--json] [--profile FOLDER]');
  process.exitCode = 1;
}
