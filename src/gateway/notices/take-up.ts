import { type Repository } from '../../repository/index.ts';
import { within } from '../../waiting/index.ts';

/** How long a start waits for each of merging and committing what is there, milliseconds. */
const takeUpMs = 10_000;

/**
 * Merges what was pushed, and commits what a server that was killed left in the journal. What fails,
 * or takes long, is told and goes on in the background: nothing that is served waits for it.
 */
export async function takeUp({ branch, system }: Repository): Promise<void> {
  const error = (): Error => new Error('it goes on in the background');
  const acts = [(): Promise<unknown> => branch.merge(), (): Promise<unknown> => branch.flush()];
  for (const act of acts) {
    await within(act(), { clock: system.clock, limitMs: takeUpMs, error }).catch(() => undefined);
  }
}
