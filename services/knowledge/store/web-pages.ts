import { z } from 'zod';
import type { Transaction } from '../../../shared/db/client.ts';
import type { CrawledPage, Outcome, Remembered } from '../crawl/port.ts';
import { readerVersion } from '../extract/read-page.ts';
import { keyOfUrl } from './crawl-items.ts';

const pageRow = z.object({
  name: z.string(),
  links: z.string().nullable(),
  hash: z.string().nullable(),
  etag: z.string().nullable(),
  last_modified: z.string().nullable(),
  is_current: z.boolean(),
});

/** How documents of a crawl are stored: the same page stored in another way is not the same. */
interface Storing {
  readonly domainId: string;
  readonly chunkSize: number;
  readonly useSemantic: boolean;
}

/** What an earlier crawl kept of an address. `known` only while the bot still has the page as it was then. */
export const recallPage = async (client: Transaction, url: string, storing: Storing): Promise<Remembered | null> => {
  const [found] = await client.$queryRaw<unknown[]>`
    select name, links, hash, etag, last_modified, reader = ${readerVersion}::int and exists (
      select from documents document
      where document.domain_id = page.domain_id and document.source_url = page.name and document.hash = page.hash
        and document.state not in ('failed', 'removing') and document.chunk_size = ${storing.chunkSize}::int
        and document.use_semantic = ${storing.useSemantic}
    ) as is_current
    from web_pages page where domain_id = ${storing.domainId}::uuid and key = ${keyOfUrl(url)}`;
  if (found === undefined) return null;
  const { name, links, hash, etag, last_modified: lastModified, is_current } = pageRow.parse(found);
  const isKnown = is_current && hash !== null && links !== null && (etag !== null || lastModified !== null);
  return {
    name,
    links: links === null ? null : links.split('\n').filter((link) => link !== ''),
    known: isKnown ? { hash, validators: { etag, lastModified } } : null,
  };
};

// A menu of a thousand links fits; what does not is not worth its room, and such a page is simply read each time.
const linkCharsMax = 65_536;

export const rememberPage = async (
  tx: Transaction,
  url: string,
  kept: {
    readonly domainId: string;
    readonly page: CrawledPage;
    readonly memory: NonNullable<Outcome['memory']>;
    readonly readAt: Date;
  },
): Promise<void> => {
  const { domainId, page, memory, readAt } = kept;
  const joined = memory.links.join('\n');
  const data = {
    name: page.url,
    etag: memory.validators?.etag ?? null,
    lastModified: memory.validators?.lastModified ?? null,
    hash: page.hash ?? null,
    links: joined.length > linkCharsMax ? null : joined,
    reader: readerVersion,
    readAt,
  };
  const key = keyOfUrl(url);
  await tx.webPage.upsert({
    where: { domainId_key: { domainId, key } },
    create: { domainId, key, ...data },
    update: data,
  });
};
