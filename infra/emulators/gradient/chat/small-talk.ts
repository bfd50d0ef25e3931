/** What an assistant says to things that are no questions. */
const exchanges: readonly (readonly [RegExp, string])[] = [
  [
    /^\W*(?:hi|hiya|hello|hey|hallo|moin|good (?:morning|afternoon|evening|day)|greetings)(?: (?:there|you|team|all|everyone|again))?\W*$/iu,
    'Hello! What would you like to know?',
  ],
  [
    /^\W*(?:ok(?:ay)?,? |great,? |perfect,? )?(?:thanks|thank you|thx|cheers|danke|merci|gracias)(?: (?:a lot|so much|very much|for (?:your|the) help))?\W*$/iu,
    "You're welcome! Is there anything else I can help you with?",
  ],
  [/^\W*(?:bye|goodbye|see you|good night|tschüss)(?: (?:now|then|later|soon))?\W*$/iu, 'Goodbye!'],
  [
    /^\W*(?:who|what) are you\W*$|^\W*are you (?:a |an )?(?:bot|robot|human|real|person|ai|machine)\b.*$|^\W*what can you (?:do|help (?:me )?with)\W*$/iu,
    'I am the assistant of this site. I answer questions from its documents.',
  ],
];

const statement =
  /^\W*(?:(?:hi|hello|hey)\W+)?(?:(?:my|our) [\p{L}\p{N} '-]{1,60} (?:is|are|was)\b|i(?:'m| am) (?:called|from|based in|a |an |\p{Lu})|i(?: live| work| prefer| like| love|'ve lived)\b|call me\b|(?:please )?(?:remember|note) (?:that|my)\b|for your information\b)/u;

const asksForHelp =
  /\b(?:broken|damaged|defective|wrong|missing|late|lost|stuck|leak\w*|faulty|not|\w+n't|cannot|never|problem|issue|error|want|need|would like|how|help)\b/iu;

/** The reply to a greeting, thanks or the like; undefined for anything else. */
export const smallTalk = (said: string): string | undefined => exchanges.find(([pattern]) => pattern.test(said))?.[1];

/** True when the visitor tells something about themselves, asks nothing and has no trouble. */
export const isStatementAboutSelf = (said: string): boolean =>
  !/[?？]/u.test(said) && !asksForHelp.test(said) && statement.test(said.charAt(0).toLowerCase() + said.slice(1));

export const noted = 'Thank you, I have noted that. What would you like to know?';
