import { expect, it } from 'vitest';
import { Notices, noticeText } from '../../../src/gateway/notices/notices.ts';
import { ScrubSchedule, type ScheduleParts } from '../../../src/gateway/scrub/scrub-schedule.ts';
import { dayMs, newWalk, type WalkState } from '../../../src/gateway/scrub/walk-state.ts';
import { unavailableNode } from '../../../src/nodes/index.ts';
import type { Uuid } from '../../../src/units/index.ts';
import { uuidOf } from '../../support/branch.ts';
import { SimulatedClock } from '../../support/simulated-clock.ts';

const node1 = uuidOf('11111111-1111-4111-8111-111111111111');
const node2 = uuidOf('22222222-2222-4222-8222-222222222222');
const day0 = 1_800_000_000_000;

/** A schedule of walks that take no time, and when each was made, days since the beginning. */
class Scheduled {
  readonly clock = new SimulatedClock(day0);
  readonly walks: string[] = [];
  readonly states = new Map<Uuid, WalkState>();
  readonly notices = new Notices(() => undefined);
  isTaken: boolean;
  holds = 0;
  damaged = 0;
  readonly schedule: ScrubSchedule;

  constructor(everyDays: number, { sizeBytes = 0, isTaken = false } = {}) {
    this.isTaken = isTaken;
    const nodes = [
      { uuid: node1, name: 'node1', cost: 1, why: 'is imagined' },
      { uuid: node2, name: 'node2', cost: 1, why: 'is imagined' },
    ].map(unavailableNode);
    const scrubbing: ScheduleParts['scrubbing'] = {
      clock: this.clock,
      owed: { all: () => [] },
      tryTake: () => {
        if (this.isTaken) return Promise.resolve(undefined);
        this.holds += 1;
        const release = (): void => void (this.holds -= 1);
        return Promise.resolve({ release, path: 'imagined', mode: 'exclusive' });
      },
      walked: () => Promise.resolve(nodes),
      payOwed: () => Promise.resolve(),
      files: {
        read: (node) => Promise.resolve(this.states.get(node)),
        write: (node, state) => Promise.resolve(void this.states.set(node, state)),
      },
      walk: ({ uuid, name }) => {
        const day = (this.clock.steadyMs() / dayMs).toFixed(1);
        this.walks.push(`${name} on day ${day}`);
        const beganMs = this.clock.wallMs();
        const state: WalkState = { ...newWalk(beganMs), phase: 'over', damaged: this.damaged };
        this.states.set(uuid, state);
        return Promise.resolve({ kind: 'over', state });
      },
    };
    const parts = {
      scrubbing,
      notices: this.notices,
      warn: (): void => undefined,
      sizeBytes: (): number => sizeBytes,
    };
    const settings = { everyMs: everyDays * dayMs, bytesPerS: 1_000_000 };
    this.schedule = new ScrubSchedule(parts, settings);
    this.schedule.start();
  }

  /** Hours, since more at once would be many turns. */
  async pass(days: number): Promise<void> {
    for (let hour = 0; hour < days * 24; hour += 1) await this.clock.pass(dayMs / 24);
  }
}

it('walks through each node when its days are over, and one at a time', async () => {
  const scheduled = new Scheduled(3);
  await scheduled.pass(7);
  expect(scheduled.walks).toEqual([
    'node1 on day 0.0',
    'node2 on day 0.0',
    'node1 on day 3.0',
    'node2 on day 3.0',
    'node1 on day 6.0',
    'node2 on day 6.0',
  ]);
  expect(scheduled.holds).toBe(0);
  await scheduled.schedule.close();
});

it('begins no walk anew for a clock that is set back, and puts none off for longer than its days', async () => {
  const scheduled = new Scheduled(3);
  await scheduled.pass(1);
  scheduled.clock.setWall(day0 - 1000 * dayMs);
  await scheduled.pass(3.5);
  const after = scheduled.walks.slice(2);
  expect(after).toEqual(['node1 on day 4.0', 'node2 on day 4.0']);
  await scheduled.schedule.close();
});

it('makes one walk and no more for a clock that is set forward', async () => {
  const scheduled = new Scheduled(3);
  await scheduled.pass(1);
  scheduled.clock.setWall(day0 + 1000 * dayMs);
  await scheduled.pass(2);
  expect(scheduled.walks.length).toBe(4);
  await scheduled.schedule.close();
});

it('waits while another process has the right, and tells what is damaged and what is too slow', async () => {
  const scheduled = new Scheduled(3, { sizeBytes: 2.5 * 86_400 * 1_000_000, isTaken: true });
  scheduled.damaged = 2;
  await scheduled.pass(1);
  expect(scheduled.walks).toEqual([]);
  scheduled.isTaken = false;
  await scheduled.pass(0.1);
  expect(scheduled.walks.length).toBe(2);
  const told = scheduled.notices.all().map(noticeText);
  expect(told).toContain(
    'copies on node1 were found damaged since 2027-01-16; the log names them: 2',
  );
  expect(told).toContain(
    'checking all contents takes 5 days at --scrub-rate, longer than --scrub asks for',
  );
  await scheduled.schedule.close();
});
