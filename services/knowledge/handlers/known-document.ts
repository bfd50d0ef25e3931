import type { Transaction } from '../../../shared/db/client.ts';
import { Failure } from '../../../shared/errors/failure.ts';
import { findDocument, type Document } from '../store/documents.ts';

/** A document of the domain; throws `document_unknown`, also for another domain's. */
export const knownDocument = async (client: Transaction, domainId: string, id: string): Promise<Document> => {
  const document = await findDocument(client, domainId, id);
  if (document === null) throw new Failure('document_unknown');
  return document;
};
