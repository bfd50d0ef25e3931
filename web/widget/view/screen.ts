export interface Screen {
  /** True where the panel covers the whole screen. */
  readonly isFull: () => boolean;
  readonly release: () => void;
}

/** Below this the panel is the screen; widget.css has the same numbers. */
const fullScreen = '(max-width: 480px), (max-height: 420px)';

/** Keeps the panel in what an on-screen keyboard leaves free. */
export const fitToScreen = (root: HTMLElement): Screen => {
  const visible = window.visualViewport;
  const fit = (): void => {
    if (visible === null) return;
    root.style.setProperty('--free-height', `${visible.height.toString()}px`);
    root.style.setProperty('--free-top', `${visible.offsetTop.toString()}px`);
  };
  visible?.addEventListener('resize', fit);
  visible?.addEventListener('scroll', fit);
  fit();
  return {
    isFull: () => matchMedia(fullScreen).matches,
    release: () => {
      visible?.removeEventListener('resize', fit);
      visible?.removeEventListener('scroll', fit);
    },
  };
};
