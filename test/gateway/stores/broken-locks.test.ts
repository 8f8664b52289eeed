import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { afterAll, describe, expect, it } from 'vitest';
import { keepLocked } from '../../../src/gateway/http/keep-locked.ts';
import { defaultLimits } from '../../../src/gateway/limits.ts';
import { SimulatedClock } from '../../support/simulated-clock.ts';
import { LockTable } from '../../../src/gateway/stores/lock-table.ts';

const ended: string[] = [];
const locks = new LockTable(defaultLimits, {
  clock: new SimulatedClock(),
  onProblem: () => undefined,
});
const server = createServer((asked) => {
  keepLocked(asked, asked.url?.slice(1) ?? '', locks).catch(() => ended.push('kept no longer'));
});
afterAll(() => void server.close());

describe('a lock that breaks on its node', () => {
  it('ends the connection of the client that keeps it', async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    let breakIt = (_error: Error): void => undefined;
    const broken = new Promise<Error>((resolve) => {
      breakIt = resolve;
    });
    const end = (how: string) => (): Promise<void> => Promise.resolve(void ended.push(how));
    const id = locks.add({ release: end('released'), leave: end('left'), broken });
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const sent = request({ host: '127.0.0.1', port, path: `/${id}`, method: 'POST' });
    const lost = once(sent, 'error');
    sent.write('{"unlock":false}\n');
    await once(server, 'request');

    breakIt(new Error('the content is gone'));

    expect((await lost)[0]).toHaveProperty('code', 'ECONNRESET');
    expect(ended[0]).toBe('left');
    expect(locks.count).toBe(0);
  });
});

it('locks that cannot be left keep the end of serving waiting for some seconds only', async () => {
  const clock = new SimulatedClock();
  const problems: unknown[] = [];
  const onProblem = (error: unknown): void => void problems.push(error);
  const table = new LockTable(defaultLimits, { clock, onProblem });
  const never = (): Promise<void> => new Promise(() => undefined);
  table.add({ release: never, leave: never });
  const closed = table.close();
  await clock.pass(2000);
  await closed;
  expect(problems).toMatchObject([{ message: 'locks were not left within 2000 ms' }]);
});
