import { foreignWords } from './language.ts';
import { stemOf } from './stems.ts';

/**
 * Stems of words so common in questions of any kind that sharing one says little. Stop words are not among them.
 */
export const commonStems: ReadonlySet<string> = new Set([
  ...foreignWords,
  ...`able accept actually add allow allowed already always another answer anyone anything anyway around ask available away
 back bad based become begin best better big bit bring came care case certain choose come common
 consider course create current currently day days different difference easily easy else end enough even every
 everyone everything exactly example explain fact far fast feel fill find fine first follow full general get getting
 give given go goes going gone good got great guy guys happen happened happening happens hard head hear help helpful
 high hold hope idea important include including information instead interested issue item items keep kind
 know known large last late later learn least leave let like likely list little live long longer look looking lot low
 made main major make makes making many mainly may maybe mean means method might mind minute moment month months much
 must need needed needs never new next nice nothing now number off often ok okay old one ones option
 others outside part particular people person place play please point possible pretty probably problem
 proper properly provide purpose put question quick quickly quite rather read ready real really reason receive recent
 recommend regarding related require required right role run said sam say says see seem seen send set several show side
 similar simple simply since small someone something sometimes soon sort specific start started stay step still stop
 stuff sure take taken taking talk tell term thank thanks thing things think though thought three till time times tip
 tips today together told tomorrow took top total toward tried true try trying turn two type types understand upon
 us usage use used useful user uses using usual usually various version via view want wanted wants watch way ways week
 weeks went whatever whenever whole without wonder wondering word words work working works world worth would wrong year
 years yes yesterday yet`
    .split(/\s+/u)
    .map(stemOf),
]);
