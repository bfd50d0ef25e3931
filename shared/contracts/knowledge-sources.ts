import { z } from 'zod';
import { domainRef, idempotency, moment, nothing, pageInput, pageOutput, text } from './common.ts';
import { chunking, failureView, jobPhase, pathPatterns } from './knowledge.ts';
import { event, query } from './message.ts';

/**
 * `active` runs by its schedule; `paused` only when asked to; `needs_confirmation` waits for a word on the pages that
 * vanished; `removing` goes, with its pages.
 */
export const sourceState = z.enum(['active', 'paused', 'needs_confirmation', 'removing']);
export type SourceState = z.infer<typeof sourceState>;

/** What a run did to what the bot knows. `vanished` pages wait for a word, `pruned` ones go. */
export const runChanges = z.object({
  added: z.number().int(),
  changed: z.number().int(),
  unchanged: z.number().int(),
  pruned: z.number().int(),
  vanished: z.number().int(),
  failed: z.number().int(),
});
export type RunChanges = z.infer<typeof runChanges>;

/** `phase` is that of its job; `changes` are there once all pages were looked at. `is_cut`: a limit kept it from some. */
export const runView = z.object({
  job_id: z.uuid(),
  phase: jobPhase,
  is_cut: z.boolean(),
  changes: runChanges.nullable(),
  error: failureView.nullable(),
  created_at: moment,
  updated_at: moment,
});
export type RunView = z.infer<typeof runView>;

/** Between two runs, in minutes: a quarter of an hour to thirty days. */
const everyMinutes = z.number().int().min(15).max(43_200);

const settings = {
  every_minutes: everyMinutes.default(1_440),
  max_depth: z.number().int().min(1).max(10).default(5),
  max_pages: z.number().int().min(1).max(10_000).default(500),
  include: pathPatterns,
  exclude: pathPatterns,
};

export const sourceView = z.object({
  id: z.uuid(),
  kind: z.enum(['page', 'sitemap']),
  url: z.string(),
  state: sourceState,
  every_minutes: z.number().int(),
  max_depth: z.number().int(),
  max_pages: z.number().int(),
  include: z.array(z.string()),
  exclude: z.array(z.string()),
  /** Pages that the bot has from it. */
  pages: z.number().int(),
  /** Null while nothing is planned. */
  next_run_at: moment.nullable(),
  last_run: runView.nullable(),
  created_at: moment,
});
export type SourceView = z.infer<typeof sourceView>;

const sourceRef = domainRef.extend({ source_id: z.uuid() });
const oneSource = z.object({ source: sourceView });

/**
 * Keeps a website, or the pages of a sitemap, in what the bot knows; the first run starts at once. Throws `url_refused`, and
 * `conflict` for an address that is a source already, or for the 51st source of a domain.
 */
export const addSource = query(
  'knowledge',
  'add-source',
  domainRef.extend({
    kind: z.enum(['page', 'sitemap']).default('page'),
    url: text(2000),
    idempotency: idempotency.optional(),
    ...settings,
    ...chunking,
  }),
  oneSource,
);
export const listSources = query(
  'knowledge',
  'list-sources',
  domainRef.extend(pageInput.shape),
  z.object({ sources: z.array(sourceView), ...pageOutput }),
);
export const getSource = query('knowledge', 'get-source', sourceRef, oneSource);
/** Members that are left out stay as they are. Throws `conflict` to pause or go on while it waits for a word, or goes. */
export const updateSource = query(
  'knowledge',
  'update-source',
  sourceRef.extend({
    every_minutes: everyMinutes.optional(),
    max_depth: settings.max_depth.unwrap().optional(),
    max_pages: settings.max_pages.unwrap().optional(),
    include: pathPatterns.unwrap().optional(),
    exclude: pathPatterns.unwrap().optional(),
    is_paused: z.boolean().optional(),
  }),
  oneSource,
);
/** Throws `conflict` while a run is under way or the source waits for a word. */
export const runSource = query('knowledge', 'run-source', sourceRef, z.object({ job_id: z.uuid() }));
/** Lets the pages that vanished go, or keeps them for good. Throws `conflict` when nobody asked. */
export const answerSource = query('knowledge', 'answer-source', sourceRef.extend({ prune: z.boolean() }), oneSource);
/** With its pages, unless they are to stay. */
export const removeSource = query(
  'knowledge',
  'remove-source',
  sourceRef.extend({ keep_pages: z.boolean().default(false) }),
  nothing,
);
/** Newest first; the last twenty are kept. */
export const listRuns = query('knowledge', 'list-runs', sourceRef, z.object({ runs: z.array(runView) }));

export const runItem = z.object({
  url: z.string(),
  change: z.enum(['added', 'changed', 'unchanged', 'pruned', 'vanished', 'failed', 'skipped']),
  code: z.string().nullable(),
  reason: z.string().nullable(),
});
/** What a run did, page by page. Throws `job_unknown`. */
export const getRun = query(
  'knowledge',
  'get-run',
  sourceRef.extend({ job_id: z.uuid(), change: runItem.shape.change.optional(), ...pageInput.shape }),
  z.object({ run: runView, pages: z.array(runItem), ...pageOutput }),
);

/** A run of a source has looked at all pages; what was added and changed is being indexed. */
export const sourceSynced = event(
  'knowledge',
  'SourceSynced',
  z.object({ source_id: z.uuid(), job_id: z.uuid(), url: z.string(), changes: runChanges }),
);
/** So many pages vanished that somebody has to say whether they may go. */
export const pagesVanished = event(
  'knowledge',
  'PagesVanished',
  z.object({
    source_id: z.uuid(),
    job_id: z.uuid(),
    url: z.string(),
    vanished: z.number().int(),
    known: z.number().int(),
  }),
);
