import type { Handler } from '../../../shared/bus/port.ts';
import type { listAgents } from '../../../shared/contracts/provisioning.ts';
import { decodeCursor, pageOf } from '../../../shared/db/cursor.ts';
import { listAgentRows, readDeploymentStatuses } from '../store/agents.ts';
import type { HandlerDeps } from './deps.ts';

/** The agents of one domain or of all, newest first. Throws `invalid_request` for a cursor that is not ours. */
export const handleListAgents =
  ({ database }: HandlerDeps): Handler<typeof listAgents> =>
  async ({ domain_id, limit, cursor }) => {
    const after = decodeCursor(cursor);
    return database.run(async (client) => {
      const { rows, total } = await listAgentRows(client, { domainId: domain_id, limit, after });
      const page = pageOf(rows, limit, (row) => ({ createdAt: row.createdAt, id: row.domainId }));
      const statuses = await readDeploymentStatuses(
        client,
        page.rows.map((row) => row.domainId),
      );
      const agents = page.rows.map((row) => ({
        website_key: row.websiteKey,
        agent_uuid: row.agentUuid,
        website_url: row.websiteUrl,
        agent_url: row.agentUrl,
        has_access_key: row.agentAccessKey !== null,
        deployment_status: statuses.get(row.domainId) ?? 'STATUS_UNKNOWN',
        created_at: row.createdAt.toISOString(),
        knowledge_base_uuids: [...row.knowledgeBaseUuids],
      }));
      return { agents, total, next_cursor: page.next_cursor };
    });
  };
