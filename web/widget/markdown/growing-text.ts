import { parsePlaced } from './parse-blocks.ts';
import { renderBlock, type RenderOptions } from './render.ts';

/**
 * Shows a text that grows: blocks that are finished are rendered once and never touched again, only the last one is
 * made anew. So the cost of a token is that of its paragraph, not of the whole answer.
 */
export const createGrowingText = (container: HTMLElement, options: RenderOptions): ((text: string) => void) => {
  let shown = '';
  let restAt = 0;
  let last: HTMLElement | undefined;
  return (text) => {
    if (text === shown) return;
    if (!text.startsWith(shown)) {
      container.replaceChildren();
      restAt = 0;
      last = undefined;
    }
    shown = text;
    const lines = text.slice(restAt).split('\n');
    const placed = parsePlaced(lines);
    last?.remove();
    const made = placed.map(({ block }) => renderBlock(block, options));
    container.append(...made);
    last = made.at(-1);
    const lastLine = placed.at(-1)?.line ?? 0;
    restAt += lines.slice(0, lastLine).reduce((chars, line) => chars + line.length + 1, 0);
  };
};
