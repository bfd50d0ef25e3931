import { describe, expect, it } from 'vitest';
import { readChunk } from './agent-chunk.ts';

describe('a chunk of the agent', () => {
  it('gives its words and never its reasoning', () => {
    const chunk = readChunk('{"choices":[{"delta":{"content":"Hi","reasoning_content":"secret"}}]}');
    expect(chunk).toMatchObject({ text: 'Hi', isLast: false, hasFailed: false });
    expect(JSON.stringify(chunk)).not.toContain('secret');
  });

  it('may have no choices and carry the passages instead', () => {
    const item = { chunk_id: 3, filename: 'a.md', page_content: 'Text\u0000', metadata: { page_number: 2 } };
    const chunk = readChunk(
      JSON.stringify({ choices: [], citations: { citations: [item, { filename: 'no id' }, 7] } }),
    );
    expect(chunk?.cited).toEqual([{ chunkId: 3, storedName: 'a.md', heading: null, page: 2, url: null, text: 'Text' }]);
  });

  it('takes the document name from the metadata and keeps an address as one', () => {
    const item = {
      chunk_id: 1,
      filename: 'https://shop.example/faq',
      metadata: { item_name: 'x.md', section_title: 'FAQ' },
    };
    const chunk = readChunk(JSON.stringify({ retrieval: { retrieved_data: [item] } }));
    expect(chunk?.retrieved).toMatchObject([{ storedName: 'x.md', url: 'https://shop.example/faq', heading: 'FAQ' }]);
  });

  it('says nothing that Postgres could not hold', () => {
    const item = {
      chunk_id: 1,
      filename: 'https://shop.example/a\u0000b\ud800',
      page_content: `${'x'.repeat(19_999)}\u{1f600}`,
      metadata: { section_title: `${'x'.repeat(299)}\u{1f600}` },
    };
    const [passage] = readChunk(JSON.stringify({ citations: { citations: [item] } }))?.cited ?? [];
    expect(passage?.url).toBe('https://shop.example/ab\ufffd');
    for (const text of [passage?.storedName, passage?.heading, passage?.text]) {
      expect(text).not.toContain('\u0000');
      expect(text?.isWellFormed()).toBe(true);
    }
  });

  it('leaves out an address that is too long to be one', () => {
    const item = { chunk_id: 1, filename: `https://shop.example/${'x'.repeat(2_000)}` };
    expect(readChunk(JSON.stringify({ citations: { citations: [item] } }))?.cited).toMatchObject([{ url: null }]);
  });

  it.each([2_147_483_648, -1, 1.5, '9'])('has no usage when it counts %s tokens', (prompt_tokens) => {
    const counted = (count: unknown) =>
      readChunk(JSON.stringify({ usage: { prompt_tokens: count, completion_tokens: 4 } }))?.usage;
    expect(counted(prompt_tokens)).toBeUndefined();
    expect(counted(2_147_483_647)).toEqual({ tokensIn: 2_147_483_647, tokensOut: 4 });
  });

  it('knows an error and the end', () => {
    expect(readChunk('{"error":{"message":"boom"}}')?.hasFailed).toBe(true);
    expect(readChunk('{"choices":[{"delta":{},"finish_reason":"stop"}]}')?.isLast).toBe(true);
  });

  it('is none when it is not JSON or no object', () => {
    expect(readChunk('<html>')).toBeUndefined();
    expect(readChunk('42')).toBeUndefined();
  });
});
