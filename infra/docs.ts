import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { renderErrors, renderMessages } from './docs/render.ts';

// `npm run docs`: the pages that are written from the code.
await writeFile(join('docs', 'messages.md'), renderMessages());
await writeFile(join('docs', 'errors.md'), renderErrors());
