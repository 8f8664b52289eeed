import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/** A build that takes part. */
export interface Build {
  readonly name: 'before' | 'after';
  readonly program: string;
}

/**
 * The builds of the checkouts that were named, the one that is named first; this one where none is.
 *
 * @throws when a checkout is not built.
 */
export function buildsOf(named: {
  readonly before?: string | undefined;
  readonly after?: string | undefined;
}): readonly [Build, ...Build[]] {
  const { before, after } = named;
  const newer = (checkout: string): Build => ({ name: 'after', program: programOf(checkout) });
  if (before === undefined) return [newer(after ?? '.')];
  const older: Build = { name: 'before', program: programOf(before) };
  return after === undefined ? [older] : [older, newer(after)];
}

function programOf(checkout: string): string {
  const program = resolve(checkout, 'dist/ballast.js');
  if (!existsSync(program)) throw new Error(`${checkout} is not built: npm run build there`);
  return program;
}
