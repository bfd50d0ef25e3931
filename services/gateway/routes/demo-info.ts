import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { demoAnswer } from '../../../shared/contracts/http/demo.ts';
import { listDocuments } from '../../../shared/contracts/knowledge.ts';
import { getDomain } from '../../../shared/contracts/provisioning.ts';
import { Failure } from '../../../shared/errors/failure.ts';
import { isLoopbackRequest } from '../auth/loopback.ts';
import type { GatewayConfig } from '../config.ts';
import { route } from '../http/route.ts';

const demoFile = z.object({ domain_id: z.uuid(), api_key: z.string(), domain_name: z.string() });

/** The demo domain that a first start registers, with its key: so on this machine, in development, and nowhere else. */
export const demoInfoRoute = route({
  method: 'get',
  path: '/demo/info',
  tag: 'demo',
  summary: 'The demo domain',
  credential: 'none',
  input: z.object({}),
  output: demoAnswer,
  failures: ['not_found'],
  handle:
    ({ bus, config }) =>
    async (_input, { request, call }) => {
      if (!config.isDevelopment || !isLoopbackRequest(request)) throw noDemo();
      const demo = await readDemoFile(config);
      const ref = { domain_id: demo.domain_id };
      const [{ domain }, { documents }] = await Promise.all([
        bus.ask(getDomain, ref, call()),
        bus.ask(listDocuments, ref, call()),
      ]);
      return {
        domain_id: domain.domain_id,
        domain_name: domain.domain_name,
        state: domain.state,
        suggested_questions: domain.settings.suggested_questions ?? [],
        documents: documents.map(({ name, type }) => ({ name, type })),
        api_key: demo.api_key,
        admin_key_hint: config.isDefaultAdminKey ? config.adminKey : 'the ADMIN_API_KEY that was set',
      };
    },
});

// Read each time: the file appears a moment after the gateway is up.
const readDemoFile = async ({ demoFile: path }: GatewayConfig): Promise<z.infer<typeof demoFile>> => {
  if (path === undefined) throw noDemo();
  try {
    return demoFile.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (thrown) {
    throw new Failure('not_found', { detail: 'The demo is not set up yet', cause: thrown });
  }
};

const noDemo = (): Failure => new Failure('not_found', { detail: 'There is no demo here' });
