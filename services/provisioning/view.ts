import { domainSettings, domainState, type DomainView } from '../../shared/contracts/provisioning.ts';
import type { DomainRow } from './store/domains.ts';

/** A domain as the rest of the house may see it. */
export const viewOf = (row: DomainRow): DomainView => ({
  domain_id: row.id,
  domain_name: row.domainName,
  website_key: row.websiteKey,
  state: domainState.parse(row.saga?.state),
  settings: domainSettings.parse(row.settings),
  agent_uuid: row.saga?.agentUuid ?? null,
  failure: failureOf(row.saga),
  created_at: row.createdAt.toISOString(),
  updated_at: latest(row.updatedAt, row.saga?.updatedAt).toISOString(),
});

const failureOf = (saga: DomainRow['saga']): DomainView['failure'] =>
  saga === null || saga.failureCode === null ? null : { code: saga.failureCode, detail: saga.failureDetail ?? '' };

const latest = (left: Date, right: Date | undefined): Date => (right !== undefined && right > left ? right : left);
