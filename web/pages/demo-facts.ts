import { isObject, listOf, objectOf, parseJson, textOf, textsOf } from '../http/json.ts';

/** The demo domain that a first start registers. */
export interface DemoFacts {
  readonly domainId: string;
  readonly domainName: string;
  readonly state: string;
  readonly suggestedQuestions: readonly string[];
  readonly documents: readonly { readonly name: string; readonly type: string }[];
  /** Empty outside development. */
  readonly apiKey: string;
}

/** Undefined when this server has no demo: in production, or while the demo domain is not registered yet. */
export const readDemoFacts = async (): Promise<DemoFacts | undefined> => {
  const response = await fetch('/demo/info', { signal: AbortSignal.timeout(10_000) }).catch(() => undefined);
  const facts = response?.ok === true ? parseJson(await response.text()) : undefined;
  if (!isObject(facts) || textOf(facts['domain_id']) === '') return undefined;
  return {
    domainId: textOf(facts['domain_id']),
    domainName: textOf(facts['domain_name']),
    state: textOf(facts['state']),
    suggestedQuestions: textsOf(facts['suggested_questions']),
    documents: listOf(facts['documents'])
      .map(objectOf)
      .map(({ name, type }) => ({ name: textOf(name), type: textOf(type) })),
    apiKey: textOf(facts['api_key']),
  };
};
