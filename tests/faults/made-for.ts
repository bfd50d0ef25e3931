import type { Effects } from '../support/emulated-cloud.ts';

/** A domain as its rows tell it. */
export interface KnownDomain {
  readonly id: string;
  readonly website_key: string;
}

interface Made {
  /** How often something was made for the domain. */
  readonly made: number;
  /** How many of them are there now. */
  readonly alive: number;
}

export interface MadeForDomain {
  readonly agents: Made;
  readonly bases: Made;
  readonly keys: Made;
}

/** What the cloud has made for a domain, by the names that our services give. */
export const madeFor = (effects: Effects, { id, website_key }: KnownDomain): MadeForDomain => {
  // An agent's name ends with the beginning of its domain's id, a base's has that of the website's key in its middle.
  const isAgent = (name: string): boolean => name.endsWith(`-${id.replaceAll('-', '').slice(0, 12)}`);
  const isBase = (name: string): boolean => name.includes(`-${website_key.slice(0, 8)}-`);
  return {
    agents: sumOf(effects['agents'], isAgent),
    bases: sumOf(effects['knowledge_bases'], isBase),
    // Keys are counted under the name of their agent.
    keys: sumOf(effects['agent_keys'], isAgent),
  };
};

/** All of one kind, whoever it is for. */
export const sumOf = (kind: Effects[string], isOurs: (name: string) => boolean = () => true): Made =>
  Object.entries(kind ?? {})
    .filter(([name]) => isOurs(name))
    .reduce((sum, [, each]) => ({ made: sum.made + each.made, alive: sum.alive + each.alive }), { made: 0, alive: 0 });
