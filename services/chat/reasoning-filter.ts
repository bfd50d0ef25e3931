export interface ReasoningFilter {
  readonly push: (text: string) => string;
  readonly end: () => string;
}

const opening = /<think>/i;
const closing = /<\/think>/i;
const beginningOfOpening = /<(?:t(?:h(?:i(?:nk?)?)?)?)?$/i;
const beginningOfClosing = /<(?:\/(?:t(?:h(?:i(?:nk?)?)?)?)?)?$/i;

/**
 * Lets through what is meant for the visitor: no `<think>…</think>`, closed or not, and no blanks before the first word.
 * Some models put their reasoning into the content; it is never shown, stored or remembered.
 */
export const createReasoningFilter = (): ReasoningFilter => {
  let held = '';
  let isThinking = false;
  let hasStarted = false;

  const step = (): string | undefined => {
    const match = (isThinking ? closing : opening).exec(held);
    if (match === null) return undefined;
    const shown = isThinking ? '' : held.slice(0, match.index);
    held = held.slice(match.index + match[0].length);
    isThinking = !isThinking;
    return shown;
  };
  const trimStart = (text: string): string => {
    const shown = hasStarted ? text : text.trimStart();
    hasStarted ||= shown !== '';
    return shown;
  };
  return {
    push: (text) => {
      held += text;
      let shown = '';
      for (let piece = step(); piece !== undefined; piece = step()) shown += piece;
      const cut = held.search(isThinking ? beginningOfClosing : beginningOfOpening);
      const ready = cut === -1 ? held : held.slice(0, cut);
      held = held.slice(ready.length);
      return trimStart(isThinking ? shown : shown + ready);
    },
    end: () => {
      const rest = isThinking ? '' : held;
      held = '';
      return trimStart(rest);
    },
  };
};
