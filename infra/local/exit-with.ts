import { ConfigError } from '../../shared/runtime/config.ts';
import { LocalError } from './local-error.ts';

/** Ends a start that cannot go on: one line for what a person can mend, the whole error for a defect of ours. */
export const exitWith = (error: unknown): never => {
  const isForPeople = error instanceof LocalError || error instanceof ConfigError;
  console.error(isForPeople ? error.message : error);
  process.exit(1);
};
