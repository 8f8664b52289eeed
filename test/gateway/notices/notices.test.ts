import { expect, it } from 'vitest';
import { tellClock } from '../../../src/gateway/notices/clock-notice.ts';
import { Notices, type Notice } from '../../../src/gateway/notices/notices.ts';
import { demoForTests } from '../served-demo.ts';

const away: Notice = { kind: 'node', subject: 'node1', text: 'node1 does not answer' };

it('tells of a trouble when it begins, changes and is over, and not in between', () => {
  const told: string[] = [];
  const notices = new Notices((message) => told.push(message));
  notices.raise(away);
  notices.raise({ ...away });
  notices.raise({ ...away, text: 'node1 is gone' });
  notices.clear(away);
  notices.clear(away);
  expect(told).toEqual(['node1 does not answer', 'node1 is gone', 'over: node1 is gone']);
  expect(notices.all()).toEqual([]);
});

it('keeps troubles of different kinds and subjects apart', () => {
  const notices = new Notices(() => undefined);
  notices.raise(away);
  notices.raise({ ...away, kind: 'content' });
  notices.raise({ ...away, subject: 'node2' });
  notices.clear(away);
  expect(notices.all().map(({ kind, subject }) => `${kind} ${subject}`)).toEqual([
    'content node1',
    'node node2',
  ]);
});

it('tells of a server of a remote whose clock is wrong, by how much and which way, until it is right', () => {
  const notices = new Notices(() => undefined);
  const texts = (): readonly string[] => notices.all().map(({ text }) => text);
  tellClock(notices, 'bucket', 1200);
  expect(texts()).toEqual([
    expect.stringContaining('the clock of the server of bucket is 1200 s ahead of that'),
  ]);
  tellClock(notices, 'bucket', -60);
  expect(texts()).toEqual([expect.stringContaining('bucket is 60 s behind that')]);
  tellClock(notices, 'bucket', 0);
  expect(texts()).toEqual([]);
});

it('has what lasts in /healthz and in metrics', async () => {
  const demo = await demoForTests();
  demo.gateway.notices.raise(away);
  const health = await fetch(`http://127.0.0.1:${demo.port}/healthz`);
  expect(health.status).toBe(200);
  expect(await health.json()).toEqual({ status: 'ok', problems: ['node1 does not answer'] });
  const metrics = await (await fetch(`http://127.0.0.1:${demo.port}/metrics`)).text();
  expect(metrics).toContain('ballast_problems{kind="node"} 1');
});
