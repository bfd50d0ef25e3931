const secondThoughtMs = 4000;

/** A button that asks once more on itself before it does what cannot be taken back. */
export const askTwice = (button: HTMLButtonElement, act: () => void): HTMLButtonElement => {
  const word = button.textContent;
  let calming: ReturnType<typeof setTimeout> | undefined;
  button.addEventListener('click', () => {
    if (calming !== undefined) {
      clearTimeout(calming);
      act();
      return;
    }
    button.classList.add('is-asking');
    button.textContent = 'Sure?';
    calming = setTimeout(() => {
      calming = undefined;
      button.classList.remove('is-asking');
      button.textContent = word;
    }, secondThoughtMs);
  });
  return button;
};
