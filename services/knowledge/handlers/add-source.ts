import { addSource } from '../../../shared/contracts/knowledge-sources.ts';
import type { Handler } from '../../../shared/bus/port.ts';
import { Failure } from '../../../shared/errors/failure.ts';
import type { Deps } from '../deps.ts';
import { startRun } from '../start-run.ts';
import { holdDomain } from '../store/removals.ts';
import { insertSource, sourcesOfDomain } from '../store/sources.ts';
import { knownSource, viewSource } from './known-source.ts';

const sourcesMax = 50;

/** Keeps a website from now on, and starts its first run. Throws `url_refused` and `conflict` as its contract says. */
export const handleAddSource =
  (deps: Deps): Handler<typeof addSource> =>
  async (input) => {
    const url = deps.crawl.checkUrl(input.url);
    const domainId = input.domain_id;
    const answer = await deps.messaging.once(
      { scope: domainId, idempotency: input.idempotency },
      addSource.output,
      async (tx) => {
        await holdDomain(tx, domainId);
        const present = await sourcesOfDomain(tx, domainId);
        if (present.some((source) => source.url === url)) {
          throw new Failure('conflict', { detail: 'This address is a source already' });
        }
        if (present.length >= sourcesMax) {
          throw new Failure('conflict', { detail: `A domain may have ${sourcesMax} sources` });
        }
        const id = deps.clock.newId();
        const { kind, include, exclude } = input;
        await insertSource(tx, {
          ...{ id, domainId, kind, url, include, exclude, state: 'active' },
          everyMinutes: input.every_minutes,
          depthMax: input.max_depth,
          pagesMax: input.max_pages,
          chunkSize: input.chunk_size,
          useSemantic: input.use_semantic,
          nextRunAt: new Date(deps.clock.now()),
        });
        await startRun(deps, tx, await knownSource(tx, domainId, id));
        return { source: await viewSource(tx, await knownSource(tx, domainId, id)) };
      },
    );
    deps.wakeJobs();
    return answer;
  };
