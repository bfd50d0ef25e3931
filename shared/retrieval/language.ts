import { stopWords } from './stop-words.ts';
import { wordsOf } from './words.ts';

/** Everyday words of other European languages that English does not share, folded. */
export const foreignWords: ReadonlySet<string> = new Set(
  `der die das den dem des und ist sind nicht ich wir sie ihr ein eine einen einem einer mit fur auf von vom zum zur zu wie
  wer wann kann konnen konnte wo wird werden meine mein meinen ihre es gibt lange viel viele mir mich uns bei nach aus
  noch auch oder wenn haben habe hat sein bitte machen muss innerhalb uber
  el los las una uno unos del por para que como donde cuando cuanto cuanta cuantos puedo puede pueden esta este es mi mis
  con su sus si hay ser son hacer tiene tengo muy mas cual cuales quien
  le les une des du est et dans pour avec quand combien puis je tu nous vous mon ma mes votre vos sont ou quel quelle quels
  peut peux faire sur par comment est-ce qui que il elle au aux
  il lo gli che per sono non quando dove posso puo mio mia della delle nel di da un uno quanto quale come
  o os um uma nao com onde meu minha voce sao do dos em no na posso quanto qual
  de het een ik niet hoe kan mijn van zijn op voor bij wat waar wanneer hoeveel`.split(/\s+/u),
);
const latin = /[a-z0-9]/u;

/**
 * Whether a text is better read as English than not. Only what is clearly something else counts as not English: another
 * script, or more everyday words of other languages than of English.
 */
export const isEnglish = (text: string): boolean => {
  const words = wordsOf(text.slice(0, textCharsRead));
  const foreignScript = words.filter((word) => !latin.test(word)).length;
  if (foreignScript * 2 > words.length) return false;
  const english = words.filter((word) => stopWords.has(word)).length;
  const foreign = words.filter((word) => foreignWords.has(word) && !stopWords.has(word)).length;
  return foreign <= english;
};

const textCharsRead = 4000;
