import type { Endpoint } from '../http/route.ts';
import { listAgentsRoute, listKnowledgeBasesRoute } from './agents.ts';
import { askRoute } from './ask.ts';
import { deadLetterRoutes } from './dead-letters.ts';
import { demoInfoRoute } from './demo-info.ts';
import { documentRoutes } from './documents.ts';
import { domainRoutes } from './domains.ts';
import { domainEventsRoute, eventsRoute } from './events.ts';
import { conversationRoutes } from './get-conversation.ts';
import { getSessionRoute } from './get-session.ts';
import { giveFeedbackRoute } from './give-feedback.ts';
import { healthRoutes } from './health.ts';
import { jobRoutes } from './jobs.ts';
import { listSessionsRoute } from './list-sessions.ts';
import { correctFactRoute, exportMemoriesRoute, forgetUserRoute, listMemoriesRoute } from './memory.ts';
import { openSessionRoute } from './open-session.ts';
import { orphanRoutes } from './orphans.ts';
import { replaceDocumentRoute } from './replace-document.ts';
import { registerDomainRoute } from './register-domain.ts';
import { rotateKeyRoute } from './rotate-key.ts';
import { scrapeRoutes } from './scrape.ts';
import { snapshotRoutes } from './snapshots.ts';
import { sourceRoutes } from './sources.ts';
import { supportedTypesRoute } from './supported-types.ts';
import { uploadFileRoute } from './upload-file.ts';
import { uploadTextRoute } from './upload-text.ts';
import { uploadUrlRoute } from './upload-url.ts';

/** Every endpoint once: what the app mounts and `/openapi.json` lists. The busiest come first. */
export const endpoints: readonly Endpoint[] = [
  askRoute,
  openSessionRoute,
  getSessionRoute,
  listSessionsRoute,
  ...conversationRoutes,
  giveFeedbackRoute,
  ...healthRoutes,
  registerDomainRoute,
  ...domainRoutes,
  rotateKeyRoute,
  domainEventsRoute,
  eventsRoute,
  uploadFileRoute,
  uploadTextRoute,
  uploadUrlRoute,
  ...scrapeRoutes,
  supportedTypesRoute,
  ...documentRoutes,
  replaceDocumentRoute,
  ...jobRoutes,
  ...snapshotRoutes,
  ...sourceRoutes,
  ...orphanRoutes,
  listAgentsRoute,
  listKnowledgeBasesRoute,
  listMemoriesRoute,
  exportMemoriesRoute,
  correctFactRoute,
  forgetUserRoute,
  ...deadLetterRoutes,
  demoInfoRoute,
];
