import { AdminError } from './admin/command.ts';
import { runAdmin } from './admin/run-admin.ts';

// `npm run admin -- <group> <command>`: 0 when it is done, 1 when it could not be, 2 when it was not understood.
try {
  const { text, isDone } = await runAdmin(process.argv.slice(2), process.env);
  console.log(text);
  if (!isDone) process.exitCode = 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = error instanceof AdminError && error.isUsage ? 2 : 1;
}
