const listItem = /^\s*(?:[-*+•]|\d{1,3}[.)])\s/u;
const ownLine = /^\s*(?:\||>|#{1,6}\s|```)/u;
const sentenceEnd = /[.!?…]+["'”’)\]]*\s+(?=["'“‘([¿¡]?[\p{Lu}\p{N}\p{Lo}])|[。！？]+["'”’」』）]*\s*/gu;
const abbreviation =
  /(?:^|[\s(])(?:\p{Lu}|e\.g|i\.e|etc|vs|cf|no|nr|approx|incl|max|min|fig|art|sec|ca|mr|mrs|ms|dr|prof|st|inc|ltd|co|jr|sr|dept|est|tel|ext|u\.s|u\.k|a\.m|p\.m|z\.b|d\.h|bzw|usw)\.["'”’)\]]*\s+$/iu;
const introducedListCharsMax = 600;

/**
 * Cuts a text into sentences; joined together they give the text again. List items, table rows and paragraphs end a
 * sentence too. A list that a line ending in a colon introduces stays with that line, up to 600 characters.
 */
export const sentencesOf = (text: string): string[] => blocksOf(text).flatMap(splitBlock);

const blocksOf = (text: string): string[] => {
  const blocks: string[] = [];
  let block = '';
  for (const line of linesOf(text)) {
    if (block !== '' && !belongsTo(block, line)) {
      blocks.push(block);
      block = '';
    }
    block += line;
  }
  if (block !== '') blocks.push(block);
  return blocks;
};

const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/gu) ?? [];

const belongsTo = (block: string, line: string): boolean => {
  if (line.trim() === '') return true;
  const isItem = listItem.test(line);
  if (isItem && isIntroduction(block)) return block.length + line.length <= introducedListCharsMax;
  if (isItem || ownLine.test(line) || ownLine.test(block)) return false;
  return !/\n\s*\n$/u.test(block);
};

const isIntroduction = (block: string): boolean => {
  const [first = ''] = block.split('\n', 1);
  return first.trimEnd().endsWith(':') && !ownLine.test(first);
};

const splitBlock = (block: string): string[] => {
  if (isIntroduction(block) && block.trimEnd().includes('\n')) return [block];
  const sentences: string[] = [];
  let start = 0;
  for (const match of block.matchAll(sentenceEnd)) {
    const end = match.index + match[0].length;
    const sentence = block.slice(start, end);
    if (end >= block.length || abbreviation.test(sentence)) continue;
    sentences.push(sentence);
    start = end;
  }
  sentences.push(block.slice(start));
  return sentences;
};
