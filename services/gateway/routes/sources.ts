import { z } from 'zod';
import { pageQuery } from '../../../shared/contracts/http/fields.ts';
import * as http from '../../../shared/contracts/http/sources.ts';
import * as contracts from '../../../shared/contracts/knowledge-sources.ts';
import { idempotencyOf } from '../http/idempotency.ts';
import type { CallContext } from '../../../shared/bus/port.ts';
import type { Gateway } from '../gateway.ts';
import { route, type Endpoint } from '../http/route.ts';
import { runRoutes } from './source-runs.ts';

const addSourceRoute = route({
  method: 'post',
  path: '/knowledge/sources',
  tag: 'knowledge',
  summary: 'Keep a website in what the bot knows',
  description:
    'A page and those it leads to, or the pages of a sitemap, looked through again by `schedule`: hourly, daily, weekly or a number of minutes. Only what changed is fetched and indexed; pages that vanished go. The first run starts at once.',
  credential: 'knowledge',
  input: z.object({ body: http.addSourceBody }),
  output: http.sourceAnswer,
  failures: ['url_refused', 'conflict'],
  isIdempotent: true,
  handle:
    ({ bus }) =>
    async ({ body }, { caller, call, request }) => {
      const { schedule: every_minutes, ...rest } = body;
      const { source } = await bus.ask(
        contracts.addSource,
        { ...rest, every_minutes, domain_id: caller.domain.domain_id, ...idempotencyOf(request, body) },
        call(),
      );
      return source;
    },
});

const listSourcesRoute = route({
  method: 'get',
  path: '/knowledge/sources',
  tag: 'knowledge',
  summary: 'Websites that are kept',
  credential: 'knowledge',
  input: z.object({ query: pageQuery }),
  output: http.listSourcesAnswer,
  handle:
    ({ bus }) =>
    ({ query }, { caller, call }) =>
      bus.ask(contracts.listSources, { ...query, domain_id: caller.domain.domain_id }, call()),
});

const getSourceRoute = route({
  method: 'get',
  path: '/knowledge/sources/:source_id',
  tag: 'knowledge',
  summary: 'A website and how its last run went',
  credential: 'knowledge',
  input: z.object({ params: http.sourceParams }),
  output: http.sourceAnswer,
  failures: ['source_unknown'],
  handle:
    ({ bus }) =>
    async ({ params }, { caller, call }) =>
      (await bus.ask(contracts.getSource, { ...params, domain_id: caller.domain.domain_id }, call())).source,
});

const updateSourceRoute = route({
  method: 'patch',
  path: '/knowledge/sources/:source_id',
  tag: 'knowledge',
  summary: 'Change how and when it is looked through',
  description: 'Members that are left out stay as they are. The next run goes by it.',
  credential: 'knowledge',
  input: z.object({ params: http.sourceParams, body: http.updateSourceBody }),
  output: http.sourceAnswer,
  failures: ['source_unknown'],
  handle:
    ({ bus }) =>
    async ({ params, body: { schedule: every_minutes, ...reach } }, { caller, call }) => {
      const change = { ...params, ...reach, every_minutes, domain_id: caller.domain.domain_id };
      return (await bus.ask(contracts.updateSource, change, call())).source;
    },
});

interface Word {
  readonly verb: string;
  readonly summary: string;
  readonly description?: string;
  readonly tell: (
    bus: Gateway['bus'],
    source: { readonly domain_id: string; readonly source_id: string },
    call: CallContext,
  ) => Promise<{ readonly source: contracts.SourceView }>;
}

/** One word to a source, without a body. */
const wordAt = ({ verb, tell, ...about }: Word): Endpoint =>
  route({
    ...about,
    method: 'post',
    path: `/knowledge/sources/:source_id/${verb}`,
    tag: 'knowledge',
    credential: 'knowledge',
    input: z.object({ params: http.sourceParams }),
    output: http.sourceAnswer,
    failures: ['source_unknown', 'conflict'],
    handle:
      ({ bus }) =>
      async ({ params }, { caller, call }) =>
        (await tell(bus, { ...params, domain_id: caller.domain.domain_id }, call())).source,
  });

const switchTo =
  (is_paused: boolean): Word['tell'] =>
  (bus, source, call) =>
    bus.ask(contracts.updateSource, { ...source, is_paused }, call);

const answerWith =
  (prune: boolean): Word['tell'] =>
  (bus, source, call) =>
    bus.ask(contracts.answerSource, { ...source, prune }, call);

const removeSourceRoute = route({
  method: 'delete',
  path: '/knowledge/sources/:source_id',
  tag: 'knowledge',
  summary: 'Keep a website no longer',
  description: 'Its pages go with it, in the background; with `keep_pages=true` they stay as they are.',
  credential: 'knowledge',
  input: z.object({ params: http.sourceParams, query: http.removeSourceQuery }),
  output: http.removedSourceAnswer,
  failures: ['source_unknown'],
  handle:
    ({ bus }) =>
    async ({ params, query }, { caller, call }) => {
      await bus.ask(contracts.removeSource, { ...params, ...query, domain_id: caller.domain.domain_id }, call());
      const message = query.keep_pages
        ? 'The source is gone, its pages stay'
        : 'The source goes, and its pages with it';
      return { success: true as const, message };
    },
});

/** Websites that are kept in what the bot knows, by a schedule. */
export const sourceRoutes: readonly Endpoint[] = [
  addSourceRoute,
  listSourcesRoute,
  getSourceRoute,
  updateSourceRoute,
  wordAt({ verb: 'pause', summary: 'Look through it only when asked to', tell: switchTo(true) }),
  wordAt({ verb: 'resume', summary: 'Look through it by its schedule again', tell: switchTo(false) }),
  wordAt({
    verb: 'confirm',
    summary: 'Let the pages that vanished go',
    description: 'When more than 30 % vanished at once, nothing goes unasked.',
    tell: answerWith(true),
  }),
  wordAt({
    verb: 'refuse',
    summary: 'Keep the pages that vanished',
    description: 'They stay as they are and are no longer pages of the source.',
    tell: answerWith(false),
  }),
  removeSourceRoute,
  ...runRoutes,
];
