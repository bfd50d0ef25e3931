/** Ways to ask about oneself; the plain English first, then the commonest languages of visitors. */
const patterns: readonly RegExp[] = [
  /\b(?:know|remember|recall|saved?|stored?)\b.{0,40}\b(?:me|i)\b/iu,
  /\bwho am i\b/iu,
  /\b(?:my|mine)\b/iu,
  /\b(?:did|have|had) i\b/iu,
  /\bi (?:told|said|mentioned|asked|wrote|ordered|bought)\b/iu,
  /\b(?:meine?[rmns]?|mich|mir)\b/iu,
  /\bhabe? ich\b/iu,
  /\b(?:mon|ma|mes|moi)\b/iu,
  /\b(?:mi|mis|mío|sobre mí)\b/iu,
];

/** Whether a question is about the one who asks it, so that what they said last is worth telling. */
export const asksAboutSelf = (question: string): boolean => patterns.some((pattern) => pattern.test(question));
