/** An unguessable id of 32 hex digits. `randomUUID` is refused on plain http pages, this is not. */
export const newId = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
