import type { Period } from './rank-turns.ts';

const months = 'january february march april may june july august september october november december'.split(' ');
const monthWord = `(?:${months.map((month) => `${month}|${month.slice(0, 3)}`).join('|')}|sept)\\b\\.?`;
const dayMonthYear = new RegExp(
  `(?:\\b(\\d{1,2})(?:st|nd|rd|th)?(?: of)? )?\\b(${monthWord})(?: (\\d{1,2})(?:st|nd|rd|th)?\\b)?,?(?: (\\d{4})\\b)?`,
  'giu',
);
const isoDate = /\b(\d{4})-(\d{2})(?:-(\d{2}))?\b/gu;
// What happened is told some days later.
const toldWithinDays = 10;
const yearsBack = 5;

/**
 * The times that a question names by month or date: those days and the ones after, in which they are spoken of. A month
 * without a year is that month of each of the last years. A lone "may" or "march" is no month.
 */
export const periodsIn = (question: string, now: number): readonly Period[] => {
  const year = new Date(now).getUTCFullYear();
  const iso = [...question.matchAll(isoDate)].map(([, y, m, d]) => periodOf(Number(y), Number(m) - 1, Number(d ?? 0)));
  const spelled = [...question.matchAll(dayMonthYear)].flatMap(([, before, word = '', after, y]) => {
    const day = Number(before ?? after ?? 0);
    if (/^(?:may|march)$/u.test(word) && day === 0 && y === undefined) return [];
    const month = months.findIndex((name) => name.startsWith(word.toLowerCase().slice(0, 3)));
    const years = y === undefined ? Array.from({ length: yearsBack }, (_, back) => year - back) : [Number(y)];
    return years.map((each) => periodOf(each, month, day));
  });
  return [...iso, ...spelled];
};

const periodOf = (year: number, month: number, day: number): Period => {
  const from = Date.UTC(year, month, Math.max(1, day)) / 1000;
  const end = day === 0 ? Date.UTC(year, month + 1, 1) : Date.UTC(year, month, day + 1);
  return { from, to: end / 1000 + toldWithinDays * 86_400 };
};
