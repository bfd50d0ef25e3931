import { owners, type Owner } from '../../shared/contracts/message.ts';
import { freePort } from './ports.ts';
import type { LocalSettings } from './settings.ts';

/** One service process of a distributed start. */
export interface ServiceProcess {
  readonly service: Owner;
  /** `chat`, or `chat 2` where there are several. */
  readonly label: string;
  readonly healthPort: number;
  /** Of the gateway: where it takes requests. */
  readonly port: number | undefined;
}

/** Which processes `REPLICAS` asks for: one of each service unless it says otherwise. */
export const planProcesses = async ({ REPLICAS = '', PORT }: LocalSettings): Promise<readonly ServiceProcess[]> => {
  const wanted = new Map(
    REPLICAS.split(',')
      .filter((part) => part !== '')
      .map((part) => [part.slice(0, part.indexOf('=')), Number(part.slice(part.indexOf('=') + 1))] as const),
  );
  const processes: ServiceProcess[] = [];
  for (const service of owners) {
    const count = wanted.get(service) ?? 1;
    for (let index = 0; index < count; index += 1) {
      processes.push({
        service,
        label: count === 1 ? service : `${service} ${index + 1}`,
        healthPort: await freePort(),
        port: service === 'gateway' ? PORT + index : undefined,
      });
    }
  }
  return processes;
};
