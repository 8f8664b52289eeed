import fc from 'fast-check';
import { expect, it } from 'vitest';
import { dueInMs, formatWalk, newWalk, parseWalk } from '../../../src/gateway/scrub/walk-state.ts';

/** Text with whatever UTF-16 code units, as keys of any bytes have it. */
const anyUnits = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 })
  .map((units) => String.fromCharCode(...units));

it('is read as it was written, whatever the place, and not at all when it is torn', () => {
  fc.assert(
    fc.property(anyUnits, fc.nat(), fc.nat(), (place, beganMs, cut) => {
      const state = { ...newWalk(beganMs), place, damaged: 3 };
      const text = formatWalk(state);
      expect(parseWalk(text)).toEqual(state);
      expect(parseWalk(text.slice(0, cut % (text.length - 1)))).toBe(undefined);
    }),
    { numRuns: 50 },
  );
});

it('is due no later than one interval from now, wherever the clock is, and never due twice at once', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(), fc.integer({ min: 1, max: 1e9 }), (beganMs, nowMs, everyMs) => {
      const over = { ...newWalk(beganMs), phase: 'over' as const };
      const due = dueInMs(over, nowMs, everyMs);
      expect(due).toBeGreaterThanOrEqual(0);
      expect(due).toBeLessThanOrEqual(everyMs);
      expect(dueInMs({ ...over, beganMs: nowMs }, nowMs, everyMs)).toBe(everyMs);
      expect(dueInMs({ ...over, phase: 'found' }, nowMs, everyMs)).toBe(0);
    }),
    { numRuns: 200 },
  );
});
