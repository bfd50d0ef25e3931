import { load, type CheerioAPI } from 'cheerio';

/** The nodes of a parsed page that matter here; cheerio's own node types come from a package that we do not name. */
export type HtmlElement = ReturnType<ReturnType<CheerioAPI['root']>['children']>[number];
export type HtmlNode = HtmlElement['children'][number];

/**
 * Parses HTML without repairing it, except that there always is a body. The repairing parser takes quadratic time on
 * pages made for that, and what it adds matters for pictures of a page, not for its words.
 */
export const parseHtml = (html: string): CheerioAPI =>
  load(/<body[\s>]/i.test(html) ? html : `<body>${html}</body>`, { xml: { xmlMode: false, decodeEntities: true } });

export const isElement = (node: HtmlNode): node is HtmlElement => 'attribs' in node;

/** Text of a text node; undefined for comments and elements. */
export const textOf = (node: HtmlNode): string | undefined =>
  node.nodeType === 3 && 'data' in node ? node.data : undefined;
