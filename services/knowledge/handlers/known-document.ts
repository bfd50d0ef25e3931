import type { Transaction } from '../../../shared/db/client.ts';
import { Failure } from '../../../shared/errors/failure.ts';
import { versionsOf, type Document } from '../store/documents.ts';
import { findPresent, type PresentDocument } from '../store/present-documents.ts';

/** A document of the domain as it stands; throws `document_unknown`, also for another domain's. */
export const knownDocument = async (client: Transaction, domainId: string, id: string): Promise<PresentDocument> => {
  const document = await findPresent(client, domainId, id);
  if (document === null) throw new Failure('document_unknown');
  return document;
};

/** All versions of a document of the domain, newest first; throws `document_unknown`, also for another domain's. */
export const knownVersions = async (
  client: Transaction,
  domainId: string,
  id: string,
): Promise<readonly Document[]> => {
  const versions = await versionsOf(client, domainId, { originalId: id });
  if (versions.length === 0) throw new Failure('document_unknown');
  return versions;
};
