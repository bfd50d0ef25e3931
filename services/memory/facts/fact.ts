export type FactKind = 'identifier' | 'contact' | 'profile' | 'environment' | 'preference' | 'issue' | 'outcome';

/** Something that a turn says about the visitor. */
export interface Fact {
  readonly kind: FactKind;
  /** `profile.name`; of a preference with what it is about: `preference.gift wrap`. */
  readonly key: string;
  readonly value: string;
  /** A later value takes its place, and a retraction ends it. Of the others several are true at a time. */
  readonly isSingle: boolean;
  /** Says that the value, or any value when it is empty, is true no more. */
  readonly retracts: boolean;
  /** Where in the text the words stand that say so. */
  readonly start: number;
  readonly end: number;
  /** How long it is worth remembering. */
  readonly days: number;
}

/** How one kind of fact is said: the pattern's group `value` is what is kept. */
export interface FactRule {
  readonly kind: FactKind;
  readonly key: string | ((value: string) => string);
  readonly isSingle: boolean;
  readonly days: number;
  readonly pattern: RegExp;
  readonly retracts?: boolean;
  /** Also where the sentence is a question: "Where is my order 4711?" names the order. */
  readonly inQuestions?: boolean;
  /** What is kept of the value, undefined for nothing. */
  readonly clean?: (value: string, match: RegExpExecArray) => string | undefined;
}
