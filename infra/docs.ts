import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { renderErrors, renderMessages } from './docs/render.ts';
import { renderUsers } from './nats/users.ts';

// `npm run docs`: what is written from the code.
await writeFile(join('docs', 'messages.md'), renderMessages());
await writeFile(join('docs', 'errors.md'), renderErrors());
await writeFile(join('infra', 'nats', 'users.conf'), renderUsers());
