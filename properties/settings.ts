/**
 * How every property is run. One seed gives one run; a failure prints the seed and the path to the
 * shrunk case, and `BALLAST_SEED=SEED npx vitest run FILE` replays it.
 */
import fc from 'fast-check';

/** Used when BALLAST_SEED does not say otherwise: a check must not fail by chance. */
const seedDefault = 20_250_416;

/** Runs of a property that says nothing else, when BALLAST_RUNS does not either. */
const runsDefault = 300;

const seed = numberFrom('BALLAST_SEED') ?? seedDefault;
const runs = numberFrom('BALLAST_RUNS');

/** Checks a property; throws with the shrunk case when it does not hold. */
export function check<T>(property: fc.IProperty<T>, runsUsual: number = runsDefault): void {
  fc.assert(property, { seed, numRuns: runs ?? runsUsual });
}

/** Likewise for a property that waits. */
export async function checkAsync<T>(
  property: fc.IAsyncProperty<T>,
  runsUsual: number = runsDefault,
): Promise<void> {
  await fc.assert(property, {
    seed,
    numRuns: runs ?? runsUsual,
  });
}

function numberFrom(name: string): number | undefined {
  const text = process.env[name];
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new Error(`${name} wants a whole number, got ${text}`);
  return value;
}
