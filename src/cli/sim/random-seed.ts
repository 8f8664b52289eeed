import { machineClock } from '../../repository/clock/machine-clock.ts';

/** A seed that nobody has chosen: any of the 64 bits' numbers. */
export function randomSeed(): bigint {
  const { buffer, byteOffset } = machineClock.bytes(8);
  return new DataView(buffer, byteOffset).getBigInt64(0);
}
