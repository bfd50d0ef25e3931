const replacements: readonly (readonly [RegExp, string])[] = [
  [/!\[[^\]]*\]\([^)]*\)/gu, ''],
  [/\[([^\]]+)\]\(([^)\s]+)[^)]*\)/gu, '$1 ($2)'],
  [/(\*\*|__)(?=\S)(.+?)(?<=\S)\1/gu, '$2'],
  [/`([^`\n]+)`/gu, '$1'],
  [/^\s*(?:[-*+•]|\d{1,3}[.)])\s+(?=\S)/u, ''],
  [/^\s*(?:>|#{1,6})\s+/u, ''],
];

/** A sentence of markdown as plain words for an answer: no emphasis, bullets, quote marks or code marks. */
export const plainText = (sentence: string): string =>
  replacements.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), sentence).trim();
