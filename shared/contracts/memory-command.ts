/** What a visitor may tell the memory in the conversation itself. */
export type MemoryCommand = 'tell' | 'forget-conversation' | 'forget-me' | 'opt-out' | 'opt-in';

const charsMax = 120;
const polite = String.raw`(?:(?:hi|hello|hey|ok(?:ay)?|please|now|and|so|can you|could you|would you|i want you to|i['’]d like you to)[, ]+)*`;
const ending = String.raw`(?:,? ?(?:please|now|again|thanks|thank you|for me|at all|any ?more))*\s*[.!?]*`;
const phrases: Readonly<Record<MemoryCommand, string>> = {
  tell: String.raw`(?:tell me |show me )?what (?:do|did|have) you (?:know|remember|stored?|saved?|kept|remembered)(?: of| about)? me|what do you have (?:on|about) me`,
  'opt-out': String.raw`(?:do not|don['’]t|never|stop) remember(?:ing)? (?:me|anything about me|anything|what i say|my data)|(?:do not|don['’]t) (?:store|save|keep) (?:anything about me|my data|what i say)`,
  'opt-in': String.raw`you (?:may|can) remember me|(?:start remembering|remember) me`,
  'forget-me': String.raw`forget (?:me|everything|all|(?:everything|all|what)(?: that)? you (?:know|remember|have)(?: about me| on me)?|(?:everything|all) about me|my data)|(?:delete|erase|remove) (?:all )?(?:my data|my memor(?:y|ies)|(?:everything|all|what) you (?:know|remember)(?: about me)?)`,
  'forget-conversation': String.raw`forget (?:that|this|it|what i (?:just )?(?:said|told you|wrote)|this conversation)|(?:do not|don['’]t) remember (?:that|this|it)`,
};
const patterns = Object.entries(phrases).map(([command, words]): readonly [string, RegExp] => [
  command,
  new RegExp(`^${polite}(?:${words})${ending}$`, 'iu'),
]);

const isCommand = (word: string): word is MemoryCommand => word in phrases;

/**
 * The command that a whole message is, undefined for everything else: "forget that" is one, "I forgot that" and "don't
 * remember my password" are questions like others. Chat answers by it and memory acts on it, so both must read it alike.
 */
export const memoryCommandIn = (message: string): MemoryCommand | undefined => {
  const said = message.trim();
  if (said.length > charsMax) return undefined;
  const found = patterns.find(([, pattern]) => pattern.test(said))?.[0];
  return found !== undefined && isCommand(found) ? found : undefined;
};
