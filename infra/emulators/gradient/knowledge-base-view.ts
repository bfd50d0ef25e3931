import { isoMoment, userId } from './identifiers.ts';
import { indexedSourceView, jobView } from './job-view.ts';
import type { Platform } from './platform.ts';
import type { KnowledgeBase, Source } from './state.ts';

/** A knowledge base. It has no state of its own and no list of its sources, as on the platform. */
export const knowledgeBaseView = (platform: Platform, base: KnowledgeBase): Record<string, unknown> => {
  const lastJob = [...platform.state.jobs.values()].findLast(
    ({ knowledgeBaseUuid }) => knowledgeBaseUuid === base.uuid,
  );
  return {
    uuid: base.uuid,
    ...base.fields,
    region: base.region,
    embedding_model_uuid: base.embeddingModelUuid,
    is_public: false,
    user_id: userId,
    created_at: isoMoment(base.createdAt),
    updated_at: isoMoment(base.updatedAt),
    // Not known until the database stands.
    ...(isOnline(platform, base) ? { database_id: base.databaseId } : {}),
    ...(lastJob === undefined ? {} : { last_indexing_job: jobView(lastJob) }),
  };
};

/** Whether the base's database can be used. */
export const isOnline = ({ state }: Platform, { databaseId }: KnowledgeBase): boolean =>
  (state.databases.get(databaseId)?.onlineAt ?? 0) <= Date.now();

/** A data source; secrets that it was given are not shown. */
export const sourceView = (source: Source): Record<string, unknown> => {
  const { aws_data_source: aws, bucket_region: region, ...given } = source.given;
  return {
    uuid: source.uuid,
    ...given,
    ...(aws === undefined
      ? {}
      : { aws_data_source: { bucket_name: aws.bucket_name, item_path: aws.item_path, region: aws.region } }),
    ...(region === undefined ? {} : { region }),
    created_at: isoMoment(source.createdAt),
    updated_at: isoMoment(source.updatedAt),
    ...(source.lastCounts === undefined
      ? {}
      : {
          last_datasource_indexing_job: indexedSourceView(
            source.uuid,
            source.lastCounts,
            source.updatedAt,
            source.updatedAt,
          ),
        }),
  };
};
