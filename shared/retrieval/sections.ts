/** A run of text under one heading. */
export interface Section {
  /** Headings from the outermost in, such as `['Help', 'Returns']`. */
  readonly path: readonly string[];
  /** Text by page, in order; `page` is absent when the document has no page marks. */
  readonly passages: readonly Passage[];
}

export interface Passage {
  readonly text: string;
  readonly page?: number;
}

const heading = /^(#{1,6})\s+(.+?)\s*#*\s*$/u;
const pageMark = /^\s*<!--\s*page\s+(\d{1,6})\s*-->\s*$/u;
const askedLine = /^\s*(?:\*\*)?(?:Q|Question|F|Frage)\s*[:.]\s*(.{3,300}?)(?:\*\*)?\s*$/u;
const boldQuestion = /^\s*\*\*(.{3,300}\?)\*\*\s*$/u;
const answerMark = /^\s*(?:\*\*)?(?:A|Answer|Antwort)\s*[:.](?:\*\*)?\s*/u;
const fence = /^\s*(?:```|~~~)/u;
// Below every heading of markdown, so that each question of an FAQ starts a section and ends the one before.
const questionLevel = 7;

/**
 * Cuts markdown or plain text at its headings and at the questions of an FAQ (`Q: …` or a bold line ending in a question
 * mark). Page marks (`<!-- page 3 -->` on a line of its own) are taken out and remembered. Sections without text are
 * dropped; their heading stays in the path of those below.
 */
export const sectionsOf = (text: string): Section[] => {
  const sections: Section[] = [];
  let headings: { readonly level: number; readonly title: string }[] = [];
  let passages: Passage[] = [];
  let lines: string[] = [];
  let page: number | undefined;
  let isCode = false;

  const closePassage = (): void => {
    const passage = lines.join('\n').trim();
    if (passage !== '') passages.push(page === undefined ? { text: passage } : { text: passage, page });
    lines = [];
  };
  const closeSection = (): void => {
    closePassage();
    if (passages.length > 0) sections.push({ path: headings.map(({ title }) => title), passages });
    passages = [];
  };

  for (const line of text.split(/\r\n|\r|\n/u)) {
    const marked = pageMark.exec(line)?.[1];
    if (marked !== undefined) {
      closePassage();
      page = Number(marked);
      continue;
    }
    if (fence.test(line)) isCode = !isCode;
    const opened = isCode ? undefined : openedBy(line);
    if (opened === undefined) {
      const isUnderQuestion = headings.at(-1)?.level === questionLevel;
      lines.push(isUnderQuestion ? line.replace(answerMark, '') : line);
    } else {
      closeSection();
      headings = [...headings.filter(({ level }) => level < opened.level), opened];
    }
  }
  closeSection();
  return sections;
};

const openedBy = (line: string): { level: number; title: string } | undefined => {
  const [, marks, title] = heading.exec(line) ?? [];
  if (marks !== undefined && title !== undefined) return { level: marks.length, title: withoutEmphasis(title) };
  const question = askedLine.exec(line)?.[1] ?? boldQuestion.exec(line)?.[1];
  return question === undefined ? undefined : { level: questionLevel, title: question.trim() };
};

const withoutEmphasis = (title: string): string => title.replace(/\*\*|__|`/gu, '').trim();
