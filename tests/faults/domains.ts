import type { KnownDomain } from './made-for.ts';
import type { World } from './world/world.ts';

export interface DomainRow extends KnownDomain {
  readonly name: string;
  readonly state: string;
  /** The agent runs and has its knowledge base. */
  readonly ready: boolean;
}

/** All registered domains and how far they are. */
export const listDomains = (world: World): Promise<readonly DomainRow[]> =>
  world.sql<DomainRow>(
    `select d.id, d.domain_name as name, d.website_key, s.state,
       s.state = 'ready' and exists (
         select from kb_attachments k where k.domain_id = d.id and k.state = 'attached') as ready
     from registered_domains d join provisioning_sagas s on s.domain_id = d.id`,
  );
