import { copyOnClick } from '../pages/copy.ts';
import { make } from '../pages/dom.ts';
import { withCode } from './with-code.ts';
import { curlFor, type CurlContext } from './curl.ts';
import type { Answer, Operation } from './read-openapi.ts';
import type { Field } from './read-schema.ts';

/** One operation: what it takes and answers on the left, how to call it on the right. */
export const createOperation = (operation: Operation, context: CurlContext): HTMLElement => {
  const { id, method, path, summary, description, credentials, parameters, body, bodyType, answers } = operation;
  const words = make('div', { class: 'words' });
  if (description !== '') words.append(make('p', { class: 'soft' }, ...withCode(description)));
  if (credentials.length > 0)
    words.append(make('p', { class: 'small soft' }, `Wants ${credentials.map(spoken).join(', or ')}`));
  for (const place of ['path', 'query', 'header']) {
    const fields = parameters.filter((parameter) => parameter.place === place);
    if (fields.length > 0) words.append(fieldTable(titles[place] ?? place, fields));
  }
  if (body.length > 0) words.append(fieldTable(bodyType.startsWith('multipart/') ? 'Form' : 'Body', body));
  words.append(...answers.filter(({ status }) => status.startsWith('2')).map(goodAnswer), badAnswers(answers));
  return make(
    'article',
    { class: 'operation', id },
    make(
      'header',
      {},
      make('h3', {}, summary === '' ? path : summary),
      make(
        'p',
        { class: 'address' },
        make('span', { class: `method ${method.toLowerCase()}` }, method),
        make('code', {}, path),
      ),
    ),
    make('div', { class: 'halves' }, words, example(operation, context)),
  );
};

const titles: Readonly<Record<string, string>> = { path: 'In the path', query: 'Query', header: 'Headers' };

const schemeNames: Readonly<Record<string, string>> = {
  adminKey: 'the admin key',
  domainKey: 'the domain’s API key',
  domainId: 'X-Domain-ID from a page of the domain',
};

const spoken = (schemes: readonly string[]): string =>
  schemes.length > 1 && schemes.includes('domainId')
    ? 'the admin key with X-Domain-ID'
    : schemes.map((scheme) => schemeNames[scheme] ?? scheme).join(' and ');

const fieldTable = (title: string, fields: readonly Field[]): HTMLElement => {
  const list = make('dl', { class: 'fields' });
  for (const field of fields) {
    const name = make('dt', { class: `depth-${field.depth.toString()}` }, make('code', {}, field.name));
    name.append(make('span', { class: 'type' }, field.type));
    if (!field.isRequired) name.append(make('span', { class: 'optional' }, 'optional'));
    const notes = [field.description.replace(/\.$/, ''), ...field.notes].filter((note) => note !== '').join('; ');
    list.append(name, make('dd', { class: `depth-${field.depth.toString()}` }, notes));
  }
  return make('section', {}, make('h4', {}, title), list);
};

const goodAnswer = ({ status, description, fields, mediaTypes }: Answer): HTMLElement => {
  const types = mediaTypes.length > 1 ? `, as ${mediaTypes.join(' or ')}` : '';
  if (fields.length > 0) return fieldTable(`Answer ${status}${types}`, fields);
  return make(
    'section',
    {},
    make('h4', {}, `Answer ${status}${types}`),
    make('p', { class: 'soft small' }, description),
  );
};

const badAnswers = (answers: readonly Answer[]): HTMLElement => {
  const bad = answers.filter(({ status }) => /^[345]/.test(status));
  const section = make('section', { class: 'refusals' });
  if (bad.length === 0) return section;
  const list = make('ul');
  for (const { status, description } of bad)
    list.append(make('li', {}, make('b', {}, status), ' ', ...withCode(description)));
  section.append(make('h4', {}, 'Refusals'), list);
  return section;
};

const example = (operation: Operation, context: CurlContext): HTMLElement => {
  const command = curlFor(operation, context);
  const copy = make('button', { class: 'button copy', type: 'button' }, 'Copy');
  copyOnClick(copy, () => command);
  const side = make('div', { class: 'example' }, make('div', { class: 'snippet' }, codeBlock(command), copy));
  const sample = operation.answers.find(({ status }) => status.startsWith('2'))?.sample;
  if (sample === undefined) return side;
  side.append(make('p', { class: 'small soft' }, 'answers'));
  side.append(make('div', { class: 'snippet answer' }, codeBlock(JSON.stringify(sample, null, 2))));
  return side;
};

const codeBlock = (text: string): HTMLElement => make('pre', { tabindex: '0' }, make('code', {}, text));
