import { expect, test, vi } from 'vitest';
import { createStopStack } from './stop-stack.ts';

test('parts stop in the reverse order of their start, one after the other', async () => {
  const order: string[] = [];
  const stack = createStopStack(1_000);
  for (const name of ['database', 'services']) {
    stack.push(name, async () => {
      order.push(`${name} stops`);
      await Promise.resolve();
      order.push(`${name} stopped`);
    });
  }
  await Promise.all([stack.stop(), stack.stop()]);
  expect(order).toEqual(['services stops', 'services stopped', 'database stops', 'database stopped']);
});

test('a part that hangs or fails is named and does not keep the others from stopping', async () => {
  const said = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const stopped: string[] = [];
  const stack = createStopStack(20);
  stack.push('database', async () => stopped.push('database'));
  stack.push('hanging', () => new Promise(() => undefined));
  stack.push('failing', () => Promise.reject(new Error('no')));
  await stack.stop();
  expect(stopped).toEqual(['database']);
  expect(said.mock.calls.flat().join()).toMatch(/failing failed: no.*hanging took too long/);
  said.mockRestore();
});

test('a part that is up only after the stop began is stopped, too', async () => {
  const stopped: string[] = [];
  const stack = createStopStack(1_000);
  await stack.stop();
  stack.push('late', async () => stopped.push('late'));
  await stack.stop();
  expect(stopped).toEqual(['late']);
});
