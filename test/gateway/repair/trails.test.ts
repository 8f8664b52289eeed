import { describe, expect, it } from 'vitest';
import { RepairTrails } from '../../../src/gateway/repair/trails.ts';
import type { Configuration } from '../../../src/placement/index.ts';

const settings = (): Configuration => ({
  repositories: new Map(),
  groupwanted: new Map(),
  numcopies: 1,
  mincopies: 1,
  clusters: new Map(),
  fullyBalancedThresholdPercent: 90,
  rebalance: false,
});

/** Moves a content along some places; whether each move brought it back. */
function along(trails: RepairTrails, ...places: readonly string[]): readonly boolean[] {
  return places
    .slice(1)
    .map((after, at) => trails.isBack('key', { before: places[at] ?? '', after }));
}

describe('the trail of a content that repair moves', () => {
  it('is a circle when it is somewhere for the third time, and then it is stopped', () => {
    const trails = new RepairTrails();
    trails.by(settings());
    expect(along(trails, 'a', 'b', 'a', 'b')).toEqual([false, false, false]);
    expect(trails.isStopped('key')).toBe(false);
    expect(along(trails, 'b', 'a')).toEqual([true]);
    expect(trails.isStopped('key')).toBe(true);
    expect(trails.isStopped('other')).toBe(false);
  });

  it('begins anew when somebody else has moved it', () => {
    const trails = new RepairTrails();
    trails.by(settings());
    expect(along(trails, 'a', 'b', 'a', 'b')).toEqual([false, false, false]);
    expect(along(trails, 'c', 'a', 'b', 'a')).toEqual([false, false, false]);
  });

  it('begins anew under another configuration, and not under the same', () => {
    const trails = new RepairTrails();
    const before = settings();
    trails.by(before);
    along(trails, 'a', 'b', 'a', 'b', 'a');
    trails.by(before);
    expect(trails.isStopped('key')).toBe(true);
    trails.by(settings());
    expect(trails.isStopped('key')).toBe(false);
    expect(along(trails, 'a', 'b', 'a', 'b')).toEqual([false, false, false]);
  });

  it('has no step where nothing moved', () => {
    const trails = new RepairTrails();
    trails.by(settings());
    expect(along(trails, 'a', 'a', 'a', 'a', 'a')).toEqual([false, false, false, false]);
  });
});
