import { randomInt } from 'node:crypto';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { tryPort } from '../../../infra/local/ports.ts';

// Below the ports that Linux hands out for connections: while a killed process is away, nobody else may get its port.
const first = 20_000;
const last = 31_000;

/** `count` ports of 127.0.0.1 that nobody has, for programs that come back to the same one. */
export const reservePorts = async (count: number): Promise<readonly number[]> => {
  const ports: number[] = [];
  for (let port = randomInt(first, last); ports.length < count; port += 1) {
    if (port > 32_700) throw new Error('There are not enough free ports');
    if ((await tryPort(port)) === 'free') ports.push(port);
  }
  return ports;
};

/** Whether this very process listens there: an answer alone might be a stranger's. True where the system does not tell. */
export const ownsPort = async (pid: number, port: number): Promise<boolean> => {
  if (process.platform !== 'linux') return true;
  const tables = await Promise.all(['tcp', 'tcp6'].map((name) => readFile(`/proc/${pid}/net/${name}`, 'utf8')));
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const sockets = tables
    .flatMap((table) => table.split('\n').slice(1))
    .map((row) => row.trim().split(/\s+/))
    // The fourth column is the state, and 0A is listening; the tenth is the socket's number.
    .filter((fields) => fields[1]?.endsWith(wanted) === true && fields[3] === '0A')
    .map((fields) => `socket:[${fields[9] ?? ''}]`);
  const folder = `/proc/${pid}/fd`;
  const open = await Promise.all((await readdir(folder)).map((fd) => readlink(`${folder}/${fd}`).catch(() => '')));
  return sockets.some((socket) => open.includes(socket));
};
