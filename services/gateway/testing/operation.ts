import type { Bus } from '../../../shared/bus/port.ts';
import { countSessions } from '../../../shared/contracts/chat.ts';
import { deadLetterQueries } from '../../../shared/contracts/dead-letters.ts';
import * as knowledge from '../../../shared/contracts/knowledge.ts';
import { memoryHealth } from '../../../shared/contracts/memory.ts';
import * as provisioning from '../../../shared/contracts/provisioning.ts';
import { Failure } from '../../../shared/errors/failure.ts';
import { script } from './scripted.ts';

/** Answers every question that operators have the gateway ask: all is well, and there is nothing to look up. */
export const scriptOperation = async (bus: Bus): Promise<void> => {
  const isUnknown = (): never => {
    throw new Failure('not_found');
  };
  await script(bus, provisioning.countDomains, () => ({ domains: 3, active_agents: 2, cloud_trouble: [] }));
  await script(bus, countSessions, () => ({ active_sessions: 5, agent_trouble: [] }));
  await script(bus, memoryHealth, () => ({ memori: 'ok' }));
  await script(bus, knowledge.listKnowledgeBases, () => ({ knowledge_bases: [], total: 4, next_cursor: null }));
  await script(bus, provisioning.listAgents, () => ({ agents: [], total: 2, next_cursor: null }));
  for (const { listOrphans, deleteOrphan } of [provisioning, knowledge]) {
    await script(bus, listOrphans, () => ({ orphans: [] }));
    await script(bus, deleteOrphan, isUnknown);
  }
  for (const { list, get, replay, discard } of Object.values(deadLetterQueries)) {
    await script(bus, list, () => ({ dead_letters: [], total: 1, has_more: false }));
    for (const contract of [get, replay, discard]) await script(bus, contract, isUnknown);
  }
};
