/** What kind of thing a question wants to hear, and how a sentence shows that it has one. */
const expectations: readonly { readonly asks: RegExp; readonly shows: RegExp }[] = [
  {
    asks: /\bhow (?:much|expensive|costly)\b|\b(?:price|cost|fee|charge)s?\b/iu,
    shows: /[$€£¥]\s?\d|\d\s?(?:[$€£¥%]|usd|eur|gbp|dollars?|euros?|pounds?|cents?)|\bfree\b/iu,
  },
  {
    asks: /\bhow (?:many|often|old|big|large|tall|far|heavy)\b/iu,
    shows: /\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|once|twice|every|dozens?|hundreds?)\b/iu,
  },
  {
    asks: /\b(?:when|how (?:long|soon|fast|quickly)|what (?:time|date|year|day)|which (?:year|day)|until when|opening hours)\b/iu,
    shows:
      /\d|\b(?:days?|weeks?|months?|years?|hours?|minutes?|daily|weekly|monthly|yearly|january|february|march|april|june|july|august|september|october|november|december|mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|saturdays?|sundays?|weekends?|immediately|instantly)\b/iu,
  },
  {
    asks: /^\W*(?:who|whose|whom)\b|\bwhich person\b/iu,
    shows: /\p{Lu}\p{Ll}+ \p{Lu}\p{Ll}+|\b(?:team|staff|founder|manager|owner)\b/u,
  },
  {
    asks: /^\W*where\b|\bwhat (?:place|city|country|address)\b/iu,
    shows:
      /\b(?:in|at|on|near|from|to|under|inside) (?:the |your |our )?["“]?\p{Lu}|https?:|\bat the\b|\bpage\b|\bmenu\b/u,
  },
  { asks: /\b(?:e-?mail|phone|telephone|call|contact|reach)\b/iu, shows: /\S@\S|\+?\d[\d\s()-]{6,}/u },
];

/** True when the question asks for a price, number, time, person, place or address and the sentence shows one. */
export const meetsExpectation = (question: string, sentence: string): boolean =>
  expectations.some(({ asks, shows }) => asks.test(question) && shows.test(sentence));
