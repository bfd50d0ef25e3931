import { readdirSync, readFileSync } from 'node:fs';

const ticksPerSecond = 100;

/** CPU seconds, user and system, that a process has used so far; 0 for one that is gone. Linux only. */
export const cpuSeconds = (pid: number): number => {
  const fields = statFields(pid);
  return fields === undefined ? 0 : (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
};

/** CPU seconds of a process, its living children and those it has already reaped: a Postgres server as a whole. */
export const cpuSecondsOfTree = (pid: number): number => {
  const own = statFields(pid);
  const reaped = own === undefined ? 0 : (Number(own[13]) + Number(own[14])) / ticksPerSecond;
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((candidate) => Number(statFields(candidate)?.[1]) === pid);
  return cpuSeconds(pid) + reaped + children.reduce((sum, child) => sum + cpuSeconds(child), 0);
};

// Fields behind the command name, which may itself hold blanks: index 0 is the state (proc(5), field 3).
const statFields = (pid: number): string[] | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
};
