import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rangeOf, type RangeOutcome } from '../../models/range.ts';
import { parseRange, rangeWithin } from '../../src/protocol/index.ts';
import { rangeHeaders } from '../arbitraries/range-headers.ts';
import { check } from '../settings.ts';

/** Contents whose bytes tell where they stand, with a header for each. */
const asked = fc
  .nat({ max: 40 })
  .chain((length) => fc.tuple(fc.constant(contentOf(length)), rangeHeaders(length)));

function contentOf(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => index);
}

function byTheProgram(content: Uint8Array, header: string): RangeOutcome {
  const range = parseRange(header);
  if (range === undefined) return 'ignored';
  const within = rangeWithin(range, content.length);
  if (within === 'whole') return 'ignored';
  return within === 'unsatisfiable' ? within : content.slice(within.fromByte, within.untilByte);
}

describe('a Range header', () => {
  it('asks for the bytes that the model says, whatever the size', () => {
    check(
      fc.property(asked, ([content, header]) => {
        expect(byTheProgram(content, header)).toEqual(rangeOf(content, header));
      }),
      3000,
    );
  });

  it('is generated in all kinds', () => {
    const headers = fc.sample(asked, { numRuns: 500, seed: 1 });
    const outcomes = headers.map(([content, header]) => rangeOf(content, header));
    expect(outcomes.filter((outcome) => outcome === 'ignored').length).toBeGreaterThan(50);
    expect(outcomes.filter((outcome) => outcome === 'unsatisfiable').length).toBeGreaterThan(50);
    expect(outcomes.filter((outcome) => typeof outcome !== 'string').length).toBeGreaterThan(100);
  });
});
