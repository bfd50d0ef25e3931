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

  it('knows an error and the end', () => {
    expect(readChunk('{"error":{"message":"boom"}}')?.hasFailed).toBe(true);
    expect(readChunk('{"choices":[{"delta":{},"finish_reason":"stop"}]}')?.isLast).toBe(true);
  });

  it('is none when it is not JSON or no object', () => {
    expect(readChunk('<html>')).toBeUndefined();
    expect(readChunk('42')).toBeUndefined();
  });
});
