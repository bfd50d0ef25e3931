export interface KeyOptions {
  readonly isOpen: () => boolean;
  readonly isFull: () => boolean;
  readonly close: () => void;
}

const focusable = 'button:not([hidden]), textarea, a[href], [tabindex="0"]';

/** Esc closes; on a phone, where the panel covers the page, Tab stays inside it. */
export const handleKeys = (root: HTMLElement, { isOpen, isFull, close }: KeyOptions): void => {
  root.addEventListener('keydown', (event) => {
    if (!isOpen() || event.isComposing) return;
    if (event.key === 'Escape') {
      event.stopPropagation();
      close();
    } else if (event.key === 'Tab' && isFull()) keepInside(root, event);
  });
};

const keepInside = (root: HTMLElement, event: KeyboardEvent): void => {
  const places = Array.from(root.querySelectorAll<HTMLElement>(focusable)).filter((place) => place.checkVisibility());
  const edge = event.shiftKey ? places.at(0) : places.at(-1);
  if (event.composedPath()[0] !== edge) return;
  event.preventDefault();
  (event.shiftKey ? places.at(-1) : places.at(0))?.focus();
};
