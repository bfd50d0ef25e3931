import type { FactRule } from './fact.ts';

const symptoms =
  "broken|broke|damaged|defective|faulty|cracked|leak(?:s|ing)|not working|stopped working|(?:doesn['’]t|does not|won['’]t|will not|isn['’]t|is not|can['’]t|cannot) (?:work|start|turn on|charge|load|open|connect|sync|print|install|respond|working|log in|sign in|access|pair|heat|update|play|boot)|crash(?:es|ed|ing)|keeps (?:crashing|freezing|restarting|failing|disconnecting|logging me out|beeping)|never arrived|(?:hasn['’]t|has not|didn['’]t|did not|still not) (?:arrived?|come|been delivered)|charged (?:me )?(?:twice|double)|wrong (?:size|item|colou?r|product|address)|is missing|was missing|are missing|overheat(?:s|ing)|freezes|stuck";

/** What troubles the visitor: the sentence that says so. */
export const issueRules: readonly FactRule[] = [
  {
    kind: 'issue',
    key: 'issue',
    isSingle: false,
    days: 90,
    pattern: new RegExp(
      String.raw`^(?<value>.*\b(?:i|my|our|we|the|it|me)\b.*\b(?:${symptoms})\b.*|.*\b(?:${symptoms})\b.*\b(?:my|me|i)\b.*)$`,
      'giu',
    ),
    clean: (value) => value.replace(/[.!\s]+$/u, '').replace(/^(?:hi|hello|hey)[ ,!]+/iu, ''),
  },
  {
    kind: 'issue',
    key: 'issue',
    isSingle: false,
    days: 90,
    retracts: true,
    pattern:
      /\b(?:(?:it|that|this|everything|the \p{L}+)(?:['’]s| is| has been| works?| was)?(?: now| finally| been)* (?:works?|working|fixed|solved|resolved|sorted)(?: out)?(?: now| again| fine)?|problem (?:is )?(?:solved|gone|fixed))(?=[.,!]|$)(?<value>)/giu,
    clean: () => '',
  },
];
