import { questionCharsMax } from '../conversation.ts';
import { texts } from '../texts.ts';
import { button, element, icon } from './elements.ts';

export interface ComposerView {
  readonly node: HTMLElement;
  readonly focus: () => void;
  readonly submit: () => void;
  readonly update: (isAnswering: boolean) => void;
}

export interface ComposerOptions {
  readonly placeholder: string;
  /** False keeps the text where it is. */
  readonly onSend: (text: string) => boolean;
  readonly onStop: () => void;
}

/** The field and its one button, which sends, or stops the answer that is being written. */
export const createComposer = ({ placeholder, onSend, onStop }: ComposerOptions): ComposerView => {
  const field = element('textarea', {
    rows: '1',
    placeholder,
    'aria-label': placeholder,
    maxlength: questionCharsMax.toString(),
    dir: 'auto',
    enterkeyhint: 'send',
    autocomplete: 'off',
  });
  let isAnswering = false;
  const submit = (): void => {
    if (!onSend(field.value)) return;
    field.value = '';
    paint();
  };
  const act = button({ class: 'act' }, () => {
    if (isAnswering) onStop();
    else submit();
    field.focus();
  });
  const sendIcon = icon('send');
  const stopIcon = icon('stop');
  const paint = (): void => {
    field.style.height = 'auto';
    field.style.height = `${field.scrollHeight.toString()}px`;
    act.replaceChildren(isAnswering ? stopIcon : sendIcon);
    act.setAttribute('aria-label', isAnswering ? texts.stop : texts.send);
    // aria-disabled, not disabled: the button must not throw the focus away when the text is sent.
    act.setAttribute('aria-disabled', String(!isAnswering && field.value.trim() === ''));
  };
  const composing = watchComposing(field);
  field.addEventListener('input', paint);
  field.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || composing.isActive(event)) return;
    event.preventDefault();
    submit();
  });
  paint();

  return {
    node: element('div', { class: 'composer' }, field, act),
    focus: () => field.focus({ preventScroll: true }),
    submit,
    update: (answering) => {
      if (answering === isAnswering) return;
      isAnswering = answering;
      paint();
    },
  };
};

/** While an input method composes a word, Enter picks a candidate and must not send. */
const watchComposing = (field: HTMLElement): { readonly isActive: (event: KeyboardEvent) => boolean } => {
  let endedAt = Number.NEGATIVE_INFINITY;
  field.addEventListener('compositionend', (event) => (endedAt = event.timeStamp));
  // Safari ends the composition just before the Enter that ended it.
  return { isActive: (event) => event.isComposing || Math.abs(event.timeStamp - endedAt) < 30 };
};
