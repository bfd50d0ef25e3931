import { z } from 'zod';
import {
  documentAnswer,
  documentJobAnswer,
  documentParams,
  documentTextAnswer,
  documentTextQuery,
  listDocumentsAnswer,
  removeDocumentAnswer,
} from '../../../shared/contracts/http/documents.ts';
import { pageQuery } from '../../../shared/contracts/http/fields.ts';
import {
  getDocument,
  listDocuments,
  readDocument,
  reindexDocument,
  removeDocument,
} from '../../../shared/contracts/knowledge.ts';
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
      const { document, preview, versions } = await bus.ask(
        getDocument,
        { domain_id: caller.domain.domain_id, document_id: params.document_id },
        call(),
      );
      return { ...document, preview, versions };
    },
});

const readDocumentRoute = route({
  method: 'get',
  path: '/knowledge/documents/:document_id/text',
  tag: 'knowledge',
  summary: 'Read what the bot reads',
  description:
    'A part of the text at a time: `next_offset` is where the next one starts. Of the newest version without one.',
  credential: 'knowledge',
  input: z.object({ params: documentParams, query: documentTextQuery }),
  output: documentTextAnswer,
  failures: ['document_unknown'],
  handle:
    ({ bus }) =>
    ({ params, query }, { caller, call }) =>
      bus.ask(readDocument, { domain_id: caller.domain.domain_id, ...params, ...query }, call()),
});

const removeDocumentRoute = route({
  method: 'delete',
  path: '/knowledge/documents/:document_id',
  tag: 'knowledge',
  summary: 'Remove a document',
  description:
    'All its versions, from the cloud and from answers. Snapshots that hold it keep its text for a rollback.',
  credential: 'knowledge',
  input: z.object({ params: documentParams }),
  output: removeDocumentAnswer,
  failures: ['document_unknown'],
  handle:
    ({ bus }) =>
    async ({ params: { document_id } }, { caller, call }) => {
      const ref = { domain_id: caller.domain.domain_id, document_id };
      const { job_id, snapshots } = await bus.ask(removeDocument, ref, call());
      return {
        success: true as const,
        message: `Being removed; follow GET /knowledge/jobs/${job_id}`,
        document_id,
        job_id,
        kept_in_snapshots: snapshots,
      };
    },
});

const reindexDocumentRoute = route({
  method: 'post',
  path: '/knowledge/documents/:document_id/reindex',
  tag: 'knowledge',
  summary: 'Index a document again',
  description: 'From the text that is kept, as a further version; the one before answers until then.',
  credential: 'knowledge',
  input: z.object({ params: documentParams }),
  output: documentJobAnswer,
  failures: ['document_unknown', 'conflict'],
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
  readDocumentRoute,
  removeDocumentRoute,
  reindexDocumentRoute,
];
