/** English words that carry grammar rather than meaning; folded as `wordsOf` folds ("don't" is "dont"). */
export const stopWords: ReadonlySet<string> = new Set(
  `a about above after again against all also am an and any are arent as at be because been before being below between
  both but by can cannot cant could couldnt did didnt do does doesnt doing dont down during each either else ever few for
  from further had hadnt has hasnt have havent having he hell her here heres hers herself hes him himself his how hows i
  id if ill im in into is isnt it its itself ive just me mine more most my myself no nor not of off on once only or other our
  ours ourselves out over own same shall shant she shed shes should shouldnt so some such than that thats the their
  theirs them themselves then there theres these they theyd theyll theyre theyve this those through to too under until up
  us very was wasnt we wed well were werent weve what whats when whens where wheres whether which while who whom whos
  whose why will with wont would wouldnt you youd youll your youre yours yourself yourselves youve`.split(/\s+/u),
);
