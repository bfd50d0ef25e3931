/** Makes `button` copy what `text` gives, and say so for a moment. */
export const copyOnClick = (button: HTMLButtonElement, text: () => string): void => {
  const name = button.textContent;
  button.addEventListener('click', () => {
    void navigator.clipboard
      .writeText(text())
      .then(() => say(button, 'Copied', name))
      .catch(() => say(button, 'Press Ctrl+C', name)); // no clipboard on plain http
  });
};

const say = (button: HTMLButtonElement, words: string, name: string): void => {
  button.textContent = words;
  setTimeout(() => (button.textContent = name), 1600);
};
