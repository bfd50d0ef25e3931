import { readDemoFacts } from '../pages/demo-facts.ts';
import { byId } from '../pages/dom.ts';
import type { Credentials } from './knowledge-api.ts';

/** The fields that say whose knowledge this is; filled in by the demo where there is one. */
export interface Connection {
  readonly credentials: () => Credentials;
  readonly prefill: () => Promise<void>;
}

export const createConnection = (onChange: () => void): Connection => {
  const frame = byId('connection', HTMLDetailsElement);
  const line = byId('connection-line', HTMLElement);
  const domainId = byId('domain-id', HTMLInputElement);
  const apiKey = byId('api-key', HTMLInputElement);
  let demoName = '';
  let demoId = '';

  const tell = (): void => {
    const id = domainId.value.trim();
    line.textContent = id === '' ? 'No domain chosen' : id === demoId ? `The demo’s, ${demoName}` : id;
  };
  byId('fields', HTMLFormElement).addEventListener('submit', (event) => event.preventDefault());
  for (const field of [domainId, apiKey]) {
    field.addEventListener('change', () => {
      tell();
      onChange();
    });
  }

  return {
    credentials: () => ({ domainId: domainId.value.trim(), apiKey: apiKey.value.trim() }),
    prefill: async () => {
      const facts = await readDemoFacts();
      frame.open = facts === undefined;
      if (facts !== undefined) {
        demoId = facts.domainId;
        demoName = facts.domainName;
        domainId.value ||= facts.domainId;
        apiKey.value ||= facts.apiKey;
      }
      tell();
      onChange();
    },
  };
};
