import type { Reading } from './reading.ts';

/** Plain text is its own reading; its name is its title. */
export const readPlain = (source: string): Reading => ({ text: source, title: null, pages: null });

/** Markdown stays as written, headings included; the first heading is the title. Front matter is no text. */
export const readMarkdown = (source: string): Reading => {
  const text = source.replace(/^\uFEFF?---\r?\n[\s\S]{0,20000}?\n---\r?\n/, '');
  const title = /^ {0,3}#{1,6}[ \t]+([^\r\n]{1,500})/m.exec(text)?.[1]?.replace(/[ \t#]+$/, '') ?? null;
  return { text, title, pages: null };
};
