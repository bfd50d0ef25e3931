import { z } from 'zod';
import { kbDataSource, updateAgentBody, updateKnowledgeBaseBody } from './contract.ts';

// Moments are milliseconds since 1970. What has a fixed length, such as a deployment, is stored as the moments at which
// it will have happened, so that it needs no timer and goes on over a restart.
const moment = z.number();

// What is stored of a request body; these drop the fields that name something else.
export const agentFields = z.object(updateAgentBody.omit({ uuid: true, clear_mcp_servers: true }).shape);
export const knowledgeBaseFields = z.object(updateKnowledgeBaseBody.omit({ uuid: true, database_id: true }).shape);
export const sourceFields = z.object(kbDataSource.shape);

const agent = z.object({
  uuid: z.string(),
  fields: agentFields,
  region: z.string(),
  slug: z.string(),
  decoyKey: z.string(),
  createdAt: moment,
  updatedAt: moment,
  deployingAt: moment,
  deployedAt: moment,
  deploymentUuid: z.string(),
  fate: z.enum(['running', 'failed']),
  visibility: z.string(),
  knowledgeBases: z.array(z.object({ uuid: z.string(), attachedAt: moment })),
});
export type Agent = z.infer<typeof agent>;

export const nameOfAgent = ({ uuid, fields }: Agent): string => fields.name ?? uuid;

const agentKey = z.object({
  uuid: z.string(),
  agentUuid: z.string(),
  name: z.string(),
  secret: z.string(),
  createdAt: moment,
});
export type AgentKey = z.infer<typeof agentKey>;

const knowledgeBase = z.object({
  uuid: z.string(),
  fields: knowledgeBaseFields,
  region: z.string(),
  embeddingModelUuid: z.string().optional(),
  databaseId: z.string(),
  createdAt: moment,
  updatedAt: moment,
  /** Sources given at creation are indexed without being asked, once the database is online. */
  firstJobDue: z.boolean(),
});
export type KnowledgeBase = z.infer<typeof knowledgeBase>;

const database = z.object({ uuid: z.string(), onlineAt: moment });

const indexedCounts = z.object({
  status: z.enum(['UPDATED', 'NOT_UPDATED', 'FAILED', 'CANCELLED']),
  items: z.number(),
  bytes: z.number(),
  skipped: z.number(),
  error: z.string().optional(),
});
export type IndexedCounts = z.infer<typeof indexedCounts>;

const source = z.object({
  uuid: z.string(),
  knowledgeBaseUuid: z.string(),
  given: sourceFields,
  createdAt: moment,
  updatedAt: moment,
  isIndexed: z.boolean(),
  lastCounts: indexedCounts.optional(),
});
export type Source = z.infer<typeof source>;

const job = z.object({
  uuid: z.string(),
  knowledgeBaseUuid: z.string(),
  sourceUuids: z.array(z.string()),
  createdAt: moment,
  startedAt: moment,
  dueAt: moment,
  /** Set when it has ended. */
  end: z
    .object({
      at: moment,
      phase: z.enum(['SUCCEEDED', 'FAILED', 'CANCELLED']),
      status: z.enum(['COMPLETED', 'PARTIAL', 'NO_CHANGES', 'FAILED', 'CANCELLED']),
    })
    .optional(),
  fate: z.enum(['succeed', 'fail']),
  counts: z.record(z.string(), indexedCounts),
  isHidden: z.boolean(),
});
export type Job = z.infer<typeof job>;

const schedule = z.object({
  uuid: z.string(),
  knowledgeBaseUuid: z.string(),
  time: z.string(),
  days: z.array(z.number()),
  createdAt: moment,
});
export type Schedule = z.infer<typeof schedule>;

const tableOf = <Row extends z.ZodType<{ uuid: string }>>(row: Row) =>
  z
    .array(row)
    .default([])
    .transform((rows) => new Map(rows.map((each) => [each.uuid, each])));

export const stateSchema = z.object({
  agents: tableOf(agent),
  agentKeys: tableOf(agentKey),
  knowledgeBases: tableOf(knowledgeBase),
  databases: tableOf(database),
  sources: tableOf(source),
  jobs: tableOf(job),
  schedules: tableOf(schedule),
  signingKey: z.string().default(''),
});
export type State = z.infer<typeof stateSchema>;

/** The state as JSON that `stateSchema` reads. */
export const stateToJson = (state: State): unknown =>
  Object.fromEntries(
    Object.entries(state).map(([name, part]) => [name, part instanceof Map ? [...part.values()] : part]),
  );

/** Empties the state in place. */
export const clearState = (state: State): void => {
  for (const part of Object.values(state)) if (part instanceof Map) part.clear();
};
