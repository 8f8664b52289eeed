/** Whether there is time for all of it: so `npm run test:long` says. */
export const isLong: boolean = process.env['BALLAST_LONG'] === '1';

/** All of a list where there is time, or some of it, spread evenly. */
export function someOf<T>(list: readonly T[], count: number): readonly T[] {
  if (isLong || list.length <= count) return list;
  const step = list.length / count;
  return Array.from({ length: count }, (_, at) => list.slice(Math.floor(at * step))).flatMap(
    ([first]) => (first === undefined ? [] : [first]),
  );
}
