import { isObject, objectOf, parseJson, textOf } from '../http/json.ts';
import { readDemoFacts } from '../pages/demo-facts.ts';
import { byId, make } from '../pages/dom.ts';
import type { CurlContext } from './curl.ts';
import { createOperation } from './operation-view.ts';
import { withCode } from './with-code.ts';
import { readOpenApi, type Group, type Operation } from './read-openapi.ts';

const start = async (): Promise<void> => {
  const [document, demo] = await Promise.all([readDocument(), readDemoFacts()]);
  if (document === undefined) {
    byId('failed', HTMLElement).hidden = false;
    byId('loading', HTMLElement).hidden = true;
    return;
  }
  const known: Record<string, string> = demo === undefined ? {} : { domain_id: demo.domainId };
  if (demo !== undefined && demo.apiKey !== '') known['api_key'] = demo.apiKey;
  const about = objectOf(document['info']);
  byId('about', HTMLElement).replaceChildren(...withCode(textOf(about['description'])));
  byId('version', HTMLElement).textContent = textOf(about['version']);
  show(readOpenApi(document), { origin: location.origin, known });
};

const readDocument = async (): Promise<Readonly<Record<string, unknown>> | undefined> => {
  const response = await fetch('/openapi.json', { signal: AbortSignal.timeout(10_000) }).catch(() => undefined);
  const document = response?.ok === true ? parseJson(await response.text()) : undefined;
  return isObject(document) ? document : undefined;
};

interface Entry {
  readonly operation: Operation;
  readonly link: HTMLElement;
  readonly article: HTMLElement;
}

const show = (groups: readonly Group[], context: CurlContext): void => {
  byId('loading', HTMLElement).hidden = true;
  const sections = groups.map(({ tag, description, operations }) => {
    const entries: readonly Entry[] = operations.map((operation) => ({
      operation,
      link: make('li', {}, linkTo(operation)),
      article: createOperation(operation, context),
    }));
    const title = make('h2', { id: `tag-${tag}` }, titleOf(tag));
    const section = make('section', { class: 'group' }, title);
    if (description !== '') section.append(make('p', { class: 'lead' }, description));
    section.append(...entries.map(({ article }) => article));
    const list = make('ul', {}, ...entries.map(({ link }) => link));
    const item = make('li', { class: 'tag' }, make('a', { href: `#tag-${tag}` }, titleOf(tag)), list);
    byId('contents', HTMLElement).append(item);
    byId('operations', HTMLElement).append(section);
    return { section, item, entries };
  });
  startFilter(sections);
  if (location.hash !== '') document.getElementById(location.hash.slice(1))?.scrollIntoView();
};

const titleOf = (tag: string): string => tag.charAt(0).toUpperCase() + tag.slice(1);

const linkTo = ({ id, method, path, summary }: Operation): HTMLElement =>
  make(
    'a',
    { href: `#${id}`, title: `${method} ${path}` },
    make('span', { class: `method ${method.toLowerCase()}` }, method),
    make('span', {}, summary === '' ? path : summary),
  );

interface Section {
  readonly section: HTMLElement;
  readonly item: HTMLElement;
  readonly entries: readonly Entry[];
}

const startFilter = (sections: readonly Section[]): void => {
  const filter = byId('filter', HTMLInputElement);
  filter.addEventListener('input', () => {
    const wanted = filter.value.trim().toLowerCase();
    for (const { section, item, entries } of sections) {
      for (const { operation, link, article } of entries) {
        const words = `${operation.method} ${operation.path} ${operation.summary} ${operation.tag}`.toLowerCase();
        link.hidden = article.hidden = !words.includes(wanted);
      }
      section.hidden = item.hidden = entries.every(({ article }) => article.hidden);
    }
    byId('none', HTMLElement).hidden = sections.some(({ section }) => !section.hidden);
  });
};

void start();
