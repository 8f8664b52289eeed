import { expect, it } from 'vitest';
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

it('has what lasts in /healthz and in metrics', async () => {
  const demo = await demoForTests();
  demo.gateway.notices.raise(away);
  const health = await fetch(`http://127.0.0.1:${demo.port}/healthz`);
  expect(health.status).toBe(200);
  expect(await health.json()).toEqual({ status: 'ok', problems: ['node1 does not answer'] });
  const metrics = await (await fetch(`http://127.0.0.1:${demo.port}/metrics`)).text();
  expect(metrics).toContain('ballast_problems{kind="node"} 1');
});
