import { kbCreated } from '../../../shared/contracts/knowledge.ts';
import type { Transaction } from '../../../shared/db/client.ts';
import { toFailure } from '../../../shared/errors/failure.ts';
import { upstreamStatusOf } from '../../../shared/http/status.ts';
import type { CloudBase, CloudFile } from '../client.ts';
import type { Deps } from '../deps.ts';
import { cloudChunkingOf, nextBaseState, uploadTextOf } from '../domain.ts';
import { chooseDatabase, saveStep, saveWithinStep, type Base } from '../store/bases.ts';
import { documentsOfBase, moveDocumentsOfBase, readText } from '../store/documents.ts';
import { refreshJobs } from '../progress.ts';
import type { Step, StepOutcome } from './advance-base.ts';

const databaseWaitMs = 3_000;
// A process that was paused between intent and POST may have been given up by then; the POST is left out.
const pauseMaxMs = 1_000;

/**
 * Makes the base in the cloud, once. The intent is committed before the POST; when the POST's outcome is not known (time
 * out, reset, 5xx), nothing is tried before the settle window is over, and then the name is looked for first and adopted.
 */
export const createInCloud: Step = async (deps, base) => {
  if (base.intentAt !== null) return settle(deps, base, base.intentAt);
  // All that takes time comes before the intent, which opens a short window for the POST.
  const files = await filesOf(deps, base);
  await deps.cloud.embeddingModel();
  const intent = await commitIntent(deps, base);
  if (intent === 'lost') return 'saved';
  if (intent === 'wait') return { waitMs: databaseWaitMs };
  if (deps.clock.now() - intent.at > pauseMaxMs) return { waitMs: deps.config.settleMs };
  try {
    const created = await deps.cloud.createBase({ name: base.kbName, databaseId: intent.databaseId, files });
    return await adopt(deps, base, created);
  } catch (thrown) {
    if (!isDefinite(thrown)) throw thrown;
    await deps.database.run((client) => saveWithinStep(client, base, { intentAt: null }));
    throw thrown;
  }
};

type Intent = 'wait' | 'lost' | { readonly databaseId: string | null; readonly at: number };

const commitIntent = (deps: Deps, base: Base): Promise<Intent> =>
  deps.database.transaction(async (tx) => {
    const database = await chooseDatabase(tx, base.id);
    if (database === 'wait') return 'wait';
    const at = deps.clock.now();
    const isOurs = await saveWithinStep(tx, base, { intentAt: new Date(at) });
    return isOurs ? { databaseId: database === 'first' ? null : database.id, at } : 'lost';
  });

/** An earlier POST may have worked: wait until it must show, then adopt what is there or try anew. */
const settle = async (deps: Deps, base: Base, intentAt: Date): Promise<StepOutcome> => {
  const waitMs = intentAt.getTime() + deps.config.settleMs - deps.clock.now();
  if (waitMs > 0) return { waitMs };
  const found = await deps.cloud.findBase(base.kbName);
  if (found !== null) return adopt(deps, base, found);
  return { waitMs: 0, change: { intentAt: null } };
};

const adopt = async (deps: Deps, base: Base, created: CloudBase): Promise<StepOutcome> => {
  await deps.messaging.transaction(async (tx) => {
    const isOurs = await saveStep(tx, base, {
      state: nextBaseState(base.state, 'created'),
      kbUuid: created.uuid,
      ...(created.databaseId === null ? {} : { databaseId: created.databaseId }),
      ...(created.indexingJobUuid === null ? {} : { indexingJobUuid: created.indexingJobUuid }),
      intentAt: null,
      attempt: 0,
      nextAt: new Date(deps.clock.now()),
    });
    if (!isOurs) return;
    await moveToIndexing(deps, tx, base);
    await deps.messaging.emit(tx, kbCreated, {
      domainId: base.domainId,
      data: { kb_uuid: created.uuid, kb_name: base.kbName },
    });
  });
  deps.wakeBases();
  return 'saved';
};

const moveToIndexing = async (deps: Deps, tx: Transaction, base: Base): Promise<void> => {
  await moveDocumentsOfBase(tx, base.id, 'uploading', 'indexing');
  const documents = await documentsOfBase(tx, base.id);
  await refreshJobs(
    deps,
    tx,
    documents.map((document) => document.jobId),
  );
};

const filesOf = async (deps: Deps, base: Base): Promise<readonly CloudFile[]> => {
  const documents = await deps.database.run((client) => documentsOfBase(client, base.id));
  const files: CloudFile[] = [];
  for (const document of documents) {
    if (document.state !== 'uploading' || document.objectKey === null) continue;
    const text = await deps.database.run((client) => readText(client, document.id));
    files.push({
      storedName: document.storedName,
      bytes: Buffer.byteLength(uploadTextOf({ name: document.name, text })),
      objectKey: document.objectKey,
      chunking: cloudChunkingOf(document),
    });
  }
  return files;
};

// 4xx including 429: the cloud said that it did nothing. Everything else may have had its effect.
const isDefinite = (thrown: unknown): boolean => {
  const status = upstreamStatusOf(thrown);
  const refused = ['cloud_refused', 'cloud_credential_invalid'].includes(toFailure(thrown).code);
  return refused || (status !== undefined && status >= 400 && status < 500);
};
