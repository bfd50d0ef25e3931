import type { listKnowledgeBases } from '../../../shared/contracts/knowledge.ts';
import type { Handler } from '../../../shared/bus/port.ts';
import type { Deps } from '../deps.ts';
import { listBases } from '../store/bases.ts';

/** Bases that the cloud has, newest first. */
export const handleListKnowledgeBases =
  ({ database }: Deps): Handler<typeof listKnowledgeBases> =>
  async ({ domain_id, limit, cursor }) => {
    const page = await database.run((client) => listBases(client, { domainId: domain_id, limit, cursor }));
    return {
      knowledge_bases: page.rows.flatMap((base) =>
        base.kbUuid === null
          ? []
          : [
              {
                website_key: base.websiteKey,
                kb_uuid: base.kbUuid,
                website_url: base.websiteUrl,
                kb_name: base.kbName,
              },
            ],
      ),
      total: page.total,
      next_cursor: page.next_cursor,
    };
  };
