import type { Failure } from '../../../shared/errors/failure.ts';
import type { Deps } from '../deps.ts';
import { nextBaseState } from '../domain.ts';
import { refreshJobs } from '../progress.ts';
import { saveStep, type Base } from '../store/bases.ts';
import { failDocument, openDocumentsOf } from './follow-indexing.ts';

/** Ends a base that the cloud refused for good; its documents fail with the same words and can be uploaded again. */
export const failBase = async (deps: Deps, base: Base, failure: Failure): Promise<void> => {
  await deps.messaging.transaction(async (tx) => {
    const isOurs = await saveStep(tx, base, {
      state: nextBaseState(base.state, 'refused'),
      failureCode: failure.code,
      failureDetail: failure.detail,
    });
    if (!isOurs) return;
    const documents = await openDocumentsOf(tx, base);
    for (const document of documents) {
      await failDocument(deps, tx, document, { code: failure.code, message: failure.detail });
    }
    await refreshJobs(
      deps,
      tx,
      documents.map((document) => document.jobId),
    );
  });
};
