const replacements: readonly (readonly [RegExp, string])[] = [
  [/!\[[^\]]*\]\([^)]*\)/gu, ''],
  [/\[([^\]]+)\]\(([^)\s]+)[^)]*\)/gu, '$1 ($2)'],
  [/(\*\*|__)(?=\S)(.+?)(?<=\S)\1/gu, '$2'],
  [/`([^`\n]+)`/gu, '$1'],
  [/^\s*(?:[-*+•]|\d{1,3}[.)])\s+(?=\S)/u, ''],
  [/^\s*(?:>|#{1,6})\s+/u, ''],
  [/^\s*\|\s*|\s*\|\s*$/gu, ''],
  [/\s*\|\s*/gu, ', '],
];

/** A sentence of markdown as plain words for an answer: no emphasis, bullets, quotes marks or table borders. */
export const plainText = (sentence: string): string =>
  replacements.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), sentence).trim();
