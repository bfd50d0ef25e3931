/** One Server-Sent Event. `id` is empty when the server gave none. */
export interface ServerEvent {
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

const pendingCharsMax = 1_000_000;

/**
 * Cuts a byte stream that was decoded to text into events, whatever the pieces it arrives in.
 * Comment lines (keep-alive) give nothing. An event that grows over a million characters is dropped.
 */
export const createSseParser = (onEvent: (event: ServerEvent) => void): ((piece: string) => void) => {
  let pending = '';
  return (piece) => {
    // A CR at the very end may be half of a CRLF, so it waits for the next piece.
    pending += piece;
    const isHalfLineEnd = pending.endsWith('\r');
    const usable = (isHalfLineEnd ? pending.slice(0, -1) : pending).replace(/\r\n?/g, '\n');
    const blocks = usable.split('\n\n');
    pending = (blocks.pop() ?? '') + (isHalfLineEnd ? '\r' : '');
    if (pending.length > pendingCharsMax) pending = '';
    for (const block of blocks) {
      const event = parseBlock(block);
      if (event !== undefined) onEvent(event);
    }
  };
};

const parseBlock = (block: string): ServerEvent | undefined => {
  let id = '';
  let event = 'message';
  const data: string[] = [];
  for (const line of block.replace(/^\uFEFF/, '').split('\n')) {
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') data.push(value);
    else if (field === 'event') event = value;
    else if (field === 'id') id = value;
  }
  return data.length === 0 ? undefined : { id, event, data: data.join('\n') };
};
