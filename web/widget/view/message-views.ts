import { describeProblem, describeWait } from '../describe-problem.ts';
import { createGrowingText } from '../markdown/growing-text.ts';
import type { Answer, Message, Question } from '../messages.ts';
import { texts } from '../texts.ts';
import { button, element, icon } from './elements.ts';
import { createSources } from './sources.ts';

export interface MessageView {
  readonly node: HTMLElement;
  readonly update: (message: Message) => void;
}

export const createMessageView = (message: Message, onRetry: (id: string) => void): MessageView =>
  message.role === 'user' ? questionView(onRetry) : answerView(message.id);

const questionView = (onRetry: (id: string) => void): MessageView => {
  const text = element('p', { dir: 'auto' });
  const foot = element('div', { class: 'foot' });
  const bubble = element('div', { class: 'bubble' }, element('span', { class: 'unseen' }, texts.you), text);
  const node = element('li', { class: 'turn mine' }, bubble, foot);
  return {
    node,
    update: (message) => {
      if (message.role !== 'user') return;
      text.textContent = message.text;
      node.classList.toggle('failed', message.delivery === 'failed');
      foot.replaceChildren(...failureNote(message, onRetry));
    },
  };
};

const failureNote = ({ id, delivery, problem }: Question, onRetry: (id: string) => void): Node[] => {
  if (delivery !== 'failed' || problem === undefined) return [];
  const again = button({ class: 'again' }, () => onRetry(id), icon('retry'), texts.tryAgain);
  // An alert is read out when it appears, so the reason reaches those who do not see it.
  return [element('span', { role: 'alert' }, `${texts.notSent} ${describeProblem(problem)}`), again];
};

const answerView = (id: string): MessageView => {
  const preface = element('p', { class: 'preface', hidden: '' }, icon('document'), texts.quoted);
  const words = element('div', { class: 'words' });
  const typing = element('span', { class: 'typing', 'aria-hidden': 'true' }, dot(), dot(), dot());
  const note = element('p', { class: 'note', dir: 'auto' });
  const sources = createSources(id);
  const speaker = element('span', { class: 'unseen' }, texts.support);
  const bubble = element('div', { class: 'bubble' }, speaker, preface, words, note, typing, sources.node);
  const node = element('li', { class: 'turn theirs' }, bubble);
  const grow = createGrowingText(words, {
    citationMark: (index) => citationMark(index, sources),
    codeCorner: copyButton,
  });
  let cited: Answer['citations'] = [];

  return {
    node,
    update: (message) => {
      if (message.role !== 'assistant') return;
      const { progress, problem } = message;
      if (message.citations !== cited) {
        cited = message.citations;
        sources.update(cited);
        grow(''); // the marks in the text learn the names of their sources
      }
      grow(message.text);
      preface.hidden = !message.isQuoted;
      typing.hidden = progress !== 'thinking' && progress !== 'postponed';
      note.textContent = progress === 'stopped' ? texts.stopped : problem === undefined ? '' : describeWait(problem);
      note.hidden = note.textContent === '';
      node.setAttribute('aria-busy', String(progress === 'streaming'));
    },
  };
};

const dot = (): HTMLElement => element('i', {});

const citationMark = (
  index: number,
  sources: { open: (index: number) => void; nameOf: (index: number) => string | undefined },
): Node => {
  const name = sources.nameOf(index);
  if (name === undefined) return joined(element('span', { class: 'mark' }, index.toString()));
  const label = { class: 'mark', 'aria-label': texts.source(index, name), title: name };
  return joined(button(label, () => sources.open(index), index.toString()));
};

/** Keeps a mark on the line of the word before it and the full stop after it. */
const joined = (mark: HTMLElement): Node => {
  const together = document.createDocumentFragment();
  together.append('\u2060', element('sup', {}, mark), '\u2060');
  return together;
};

const copyButton = (text: string): Node => {
  const made = button(
    { class: 'copy' },
    () => {
      void navigator.clipboard
        .writeText(text)
        .then(() => (made.textContent = texts.copied))
        .catch(() => getSelection()?.selectAllChildren(made.parentElement ?? made));
    },
    texts.copyCode,
  );
  return made;
};
