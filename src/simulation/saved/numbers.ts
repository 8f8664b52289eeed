import type { Shape } from '../../shapes/index.ts';

/** How numbers that stand for something are read: each must stand for one that the state has. */
export interface Numbers {
  readonly repository: Shape<number>;
  readonly file: Shape<number>;
  readonly key: Shape<number>;
  readonly repositories: number;
  readonly files: number;
  readonly keys: number;
}
