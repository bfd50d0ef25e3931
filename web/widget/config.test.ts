import { describe, expect, it } from 'vitest';
import { originOf, readConfig, settingsInAddress, settingsOf } from './config.ts';

describe('the configuration', () => {
  it('takes the same names from the address, the attributes and init, the later winning', () => {
    const address = 'https://api.example/static/widget.js?data-domain-id=one&primary-color=%23fff&widgetTitle=Help';
    const config = readConfig([
      { apiUrl: originOf(address) },
      settingsInAddress(address),
      { domainId: 'two', position: 'top-left' },
      { widget_title: 'Support' },
    ]);
    expect(config).toMatchObject({
      apiUrl: 'https://api.example',
      domainId: 'two',
      primaryColor: '#fff',
      widgetTitle: 'Support',
      position: 'top-left',
    });
  });

  it('falls back where a value cannot be used', () => {
    const config = readConfig([
      { position: 'middle', theme: 'neon', widgetTitle: 7, placeholder: '', autoScrape: true },
    ]);
    expect(config.position).toBeUndefined();
    expect(config.theme).toBe('auto');
    expect(config.widgetTitle).toBe('Customer Support');
    expect(config).not.toHaveProperty('autoScrape');
  });

  it('cuts the slash off the api address and a title without end', () => {
    const config = readConfig([{ apiUrl: 'https://api.example//', widgetTitle: 'x'.repeat(10_000) }]);
    expect(config.apiUrl).toBe('https://api.example');
    expect(config.widgetTitle).toHaveLength(500);
  });

  it('takes suggested questions as a list or as one text, six at most', () => {
    expect(readConfig([{ 'data-suggested-questions': 'a | b|' }]).suggestedQuestions).toEqual(['a', 'b']);
    expect(
      readConfig([{ suggestedQuestions: ['1', '2', '3', '4', '5', '6', '7', 8] }]).suggestedQuestions,
    ).toHaveLength(6);
  });

  it('survives whatever the page put on the window', () => {
    for (const value of [null, 7, 'x', [], () => 0]) expect(readConfig([settingsOf(value)]).domainId).toBe('');
    expect(settingsInAddress('not an address')).toEqual({});
    expect(originOf('data:text/javascript,1')).toBe('');
  });
});
