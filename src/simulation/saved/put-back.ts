import type { SimulationState } from '../state/state.ts';

/**
 * Puts what was read into a simulation that has nothing of it yet. Apart from the shapes, which are another
 * library's: who uses simulations has to compile nothing of it.
 */
export type PutBack = (state: SimulationState) => void;
