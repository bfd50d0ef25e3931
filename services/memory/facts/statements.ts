/** A sentence that may tell a fact, with its place in the text. */
export interface Statement {
  readonly text: string;
  readonly start: number;
  readonly isQuestion: boolean;
}

const charsMax = 300;
const statementsMax = 40;
const blank = (match: string): string => ' '.repeat(match.length);
// Somebody else's words, or a machine's: code, quotations, forwarded lines, log lines, traces.
const foreign: readonly RegExp[] = [
  /```[\s\S]*?(?:```|$)/g,
  /^[ \t]*(?:>|\|).*$/gm,
  /^[ \t]*(?:at \S+\(|Traceback|Caused by:|\[?(?:ERROR|WARN|INFO|DEBUG|TRACE)\b|\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}|(?:From|To|Subject|Sent|Date):).*$/gm,
  /(?<![\p{L}\p{N}])["“«„][^"”»“\n]{2,300}["”»“]/gu,
];
const boundary = /(?<=[.!?…])["')\]]*\s+|\n+|\s[–—]\s|;\s+/gu;
const question =
  /[?？]["')\]]*\s*$|^(?:(?:and|so|but|hi|hello|hey|ok|okay|please|also|then)[, ]+)*(?:what|where|when|why|who|which|how|is|are|am|was|were|do|does|did|can|could|will|would|should|may|has|have) (?:i|my|you|your|it|the|this|that|there|we|they|he|she|is|are|do|does|did|was|much|many|long|can|to)\b/iu;
const hypothetical =
  /\b(?:if|unless|suppose|supposing|imagine|assume|assuming|hypothetically|pretend|let['’]?s say|for example|for instance|e\.g\.|such as|maybe|perhaps|might|could be|would be|as if|wish|thinking (?:of|about)|considering|plan(?:ning)? to|going to|want to|used to|do you think)\b/iu;
const people =
  'wife|husband|partner|friend|boss|colleague|coworker|son|daughter|mother|father|mom|mum|dad|brother|sister|neighbou?r|cousin|uncle|aunt|boyfriend|girlfriend|roommate|flatmate|grandmother|grandfather';
const helpers = 'customer|client|assistant|teacher|manager|employee|intern|tenant|landlord';
const thirdPerson = new RegExp(
  String.raw`\b(?:he|she|they|his|her|hers|their|theirs|him)\b|\b(?:my|our|a|the|some) (?:\p{L}+ )?(?:${people})(?:s|['’]s)?\b|\b(?:my|our) (?:${helpers})(?:s|['’]s)?\b|\b(?:somebody|someone|everyone|people|other (?:users|customers))\b`,
  'iu',
);

/** The sentences of a turn that the visitor says of themselves: nothing supposed, quoted, pasted or said of others. */
export const statementsIn = (text: string): readonly Statement[] => {
  const own = foreign.reduce((rest, pattern) => rest.replace(pattern, blank), text);
  return sentencesOf(own)
    .slice(0, statementsMax)
    .filter(({ text: said }) => said.length <= charsMax && !hypothetical.test(said) && !thirdPerson.test(said))
    .map((sentence) => ({ ...sentence, isQuestion: question.test(sentence.text) }));
};

const sentencesOf = (text: string): readonly { readonly text: string; readonly start: number }[] => {
  const cuts = [...text.matchAll(boundary)].map((cut) => ({ from: cut.index, to: cut.index + cut[0].length }));
  const starts = [0, ...cuts.map(({ to }) => to)];
  return starts.flatMap((start, at) => {
    const raw = text.slice(start, cuts[at]?.from ?? text.length);
    const said = raw.trim();
    return said === '' ? [] : [{ text: said, start: start + raw.indexOf(said) }];
  });
};
