export interface ServerSentEvent {
  /** `message` unless the stream names it. */
  readonly event: string;
  /** The last id seen so far; empty when there was none. */
  readonly id: string;
  readonly data: string;
}

const eventCharsMaxDefault = 1_000_000;

/**
 * Server-sent events out of bytes, by the WHATWG rules: any line ending, comments dropped, several `data` lines joined,
 * an event without data or without its blank line is none. Throws RangeError when one event is over `eventCharsMax`
 * (UTF-16 units), so that an endless line cannot fill the memory.
 */
export async function* parseSse(
  chunks: AsyncIterable<Uint8Array>,
  eventCharsMax = eventCharsMaxDefault,
): AsyncGenerator<ServerSentEvent> {
  let id = '';
  let event = '';
  let data: string[] = [];
  let held = 0;
  for await (const line of lines(chunks, eventCharsMax)) {
    if (line === '') {
      if (data.length > 0) yield { event: event === '' ? 'message' : event, id, data: data.join('\n') };
      event = '';
      data = [];
      held = 0;
      continue;
    }
    held += line.length;
    if (held > eventCharsMax) throw tooLong(eventCharsMax);
    const { field, value } = splitField(line);
    if (field === 'data') data.push(value);
    else if (field === 'event') event = value;
    else if (field === 'id' && !value.includes('\0')) id = value;
  }
}

async function* lines(chunks: AsyncIterable<Uint8Array>, charsMax: number): AsyncGenerator<string> {
  // The decoder drops the one leading BOM that the standard allows.
  const decoder = new TextDecoder();
  let pieces: string[] = [];
  let held = 0;
  // A CR at the end may be the first half of a CRLF: it waits for the next chunk.
  let carriage = '';
  for await (const chunk of chunks) {
    const text = carriage + decoder.decode(chunk, { stream: true });
    carriage = text.endsWith('\r') ? '\r' : '';
    pieces.push(text.slice(0, text.length - carriage.length));
    held += text.length;
    // Without a line ending the text only waits: splitting all of it for every chunk would be quadratic.
    if (/[\r\n]/.test(text)) {
      const parts = pieces.join('').split(/\r\n|\r|\n/);
      const rest = parts.pop() ?? '';
      pieces = [rest];
      held = rest.length;
      yield* parts;
    }
    if (held > charsMax) throw tooLong(charsMax);
  }
  // Only a line that its end closes counts; a last CR does.
  if (carriage !== '') yield pieces.join('');
}

const splitField = (line: string): { field: string; value: string } => {
  const colon = line.indexOf(':');
  if (colon === -1) return { field: line, value: '' };
  const value = line.slice(colon + 1);
  return { field: line.slice(0, colon), value: value.startsWith(' ') ? value.slice(1) : value };
};

const tooLong = (charsMax: number): RangeError => new RangeError(`one event is over ${charsMax} characters`);
