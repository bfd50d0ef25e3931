import { z } from 'zod';
import {
  documentAnswer,
  documentJobAnswer,
  documentParams,
  listDocumentsAnswer,
} from '../../../shared/contracts/http/documents.ts';
import { pageQuery } from '../../../shared/contracts/http/fields.ts';
import { getDocument, listDocuments, reindexDocument, removeDocument } from '../../../shared/contracts/knowledge.ts';
import { route, type Endpoint } from '../http/route.ts';

const listDocumentsRoute = route({
  method: 'get',
  path: '/knowledge/documents',
  tag: 'knowledge',
  summary: 'What the bot knows',
  credential: 'knowledge',
  input: z.object({ query: pageQuery }),
  output: listDocumentsAnswer,
  handle:
    ({ bus }) =>
    ({ query }, { caller, call }) =>
      bus.ask(listDocuments, { ...query, domain_id: caller.domain.domain_id }, call()),
});

const getDocumentRoute = route({
  method: 'get',
  path: '/knowledge/documents/:document_id',
  tag: 'knowledge',
  summary: 'Read a document',
  credential: 'knowledge',
  input: z.object({ params: documentParams }),
  output: documentAnswer,
  failures: ['document_unknown'],
  handle:
    ({ bus }) =>
    async ({ params }, { caller, call }) => {
      const { document, preview } = await bus.ask(
        getDocument,
        { domain_id: caller.domain.domain_id, document_id: params.document_id },
        call(),
      );
      return { ...document, preview };
    },
});

const removeDocumentRoute = route({
  method: 'delete',
  path: '/knowledge/documents/:document_id',
  tag: 'knowledge',
  summary: 'Remove a document',
  credential: 'knowledge',
  input: z.object({ params: documentParams }),
  output: documentJobAnswer,
  failures: ['document_unknown'],
  handle:
    ({ bus }) =>
    async ({ params: { document_id } }, { caller, call }) => {
      const { job_id } = await bus.ask(removeDocument, { domain_id: caller.domain.domain_id, document_id }, call());
      return {
        success: true as const,
        message: `Being removed; follow GET /knowledge/jobs/${job_id}`,
        document_id,
        job_id,
      };
    },
});

const reindexDocumentRoute = route({
  method: 'post',
  path: '/knowledge/documents/:document_id/reindex',
  tag: 'knowledge',
  summary: 'Index a document again',
  credential: 'knowledge',
  input: z.object({ params: documentParams }),
  output: documentJobAnswer,
  failures: ['document_unknown'],
  handle:
    ({ bus }) =>
    async ({ params: { document_id } }, { caller, call }) => {
      const { job_id } = await bus.ask(reindexDocument, { domain_id: caller.domain.domain_id, document_id }, call());
      return {
        success: true as const,
        message: `Being indexed; follow GET /knowledge/jobs/${job_id}`,
        document_id,
        job_id,
      };
    },
});

/** What the bot knows: list, read, remove, index again. Work goes on as a job. */
export const documentRoutes: readonly Endpoint[] = [
  listDocumentsRoute,
  getDocumentRoute,
  removeDocumentRoute,
  reindexDocumentRoute,
];
