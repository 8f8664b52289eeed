import type { Clock } from '../../src/clock/index.ts';
import { thisMachine, type System } from '../../src/repository/index.ts';

/** This machine, whose time of day is another one. */
export function machineAt(wallMs: () => number): System {
  const clock: Clock = { ...thisMachine.clock, wallMs };
  return { ...thisMachine, clock };
}

/** This machine, so much later in the day. */
export function machineLater(milliseconds: number | (() => number)): System {
  const later = typeof milliseconds === 'number' ? (): number => milliseconds : milliseconds;
  return machineAt(() => Date.now() + later());
}
