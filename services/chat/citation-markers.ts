/** The agent's text with its markers turned into the numbers a visitor sees. */
export interface NumberedText {
  readonly text: string;
  /** Chunk ids in the order of their numbers: the first is `[1]`. */
  readonly chunkIds: readonly number[];
}

export interface MarkerReader {
  /** The text that can be shown by now; what may yet become a marker is held back. */
  readonly push: (text: string) => string;
  /** What was held back after all. */
  readonly end: () => string;
  readonly chunkIds: readonly number[];
}

// The platform writes `[[C3]]`, some of its models `【C3】`; the number is the chunk's id and not a position.
const marker = / ?(?:\[\[C(\d{1,6})\]\]|【C(\d{1,6})】)/g;
const beginningOfMarker = / ?(?:\[(?:\[(?:C(?:\d{1,6}\]?)?)?)?|【(?:C\d{0,6})?)?$/;

/**
 * Turns markers into `[1]`, `[2]` … in the order of first use while the text is still coming, whatever the cuts. A marker of
 * a chunk that `isKnown` refuses is dropped together with the blank before it.
 */
export const createMarkerReader = (isKnown: (chunkId: number) => boolean): MarkerReader => {
  const chunkIds: number[] = [];
  let held = '';
  const numberOf = (chunkId: number): number => {
    const at = chunkIds.indexOf(chunkId);
    return at === -1 ? chunkIds.push(chunkId) : at + 1;
  };
  const render = (text: string): string =>
    text.replace(marker, (whole, square: string | undefined, lenticular: string | undefined) => {
      const chunkId = Number(square ?? lenticular);
      if (!isKnown(chunkId)) return '';
      return `${whole.startsWith(' ') ? ' ' : ''}[${numberOf(chunkId)}]`;
    });
  return {
    chunkIds,
    push: (text) => {
      const all = held + text;
      const cut = all.search(beginningOfMarker);
      held = all.slice(cut);
      return render(all.slice(0, cut));
    },
    end: () => {
      const rest = held;
      held = '';
      return render(rest);
    },
  };
};

/** The same for a text that is there as a whole. */
export const numberMarkers = (text: string, isKnown: (chunkId: number) => boolean): NumberedText => {
  const reader = createMarkerReader(isKnown);
  const shown = reader.push(text) + reader.end();
  return { text: shown, chunkIds: reader.chunkIds };
};
