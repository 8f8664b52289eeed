import type { Clock } from '../../clock/index.ts';
import type { RepositorySizes } from '../../repository/index.ts';
import type { Notices } from './notices.ts';

/** How long after a failure it is tried again, milliseconds. */
const againMs = 30_000;

const notice = {
  kind: 'branch',
  subject: 'sizes',
  text:
    'what repositories hold cannot be summed up from the git-annex branch, so that clusters take no ' +
    "uploads: the gateway's log tells why",
} as const;

/**
 * Sums up what repositories hold, so that the first upload need not wait for it. Where the branch
 * cannot be read that is told, and tried again until it can.
 */
export async function sumUp(sizes: RepositorySizes, notices: Notices, clock: Clock): Promise<void> {
  try {
    await sizes.refresh();
    notices.clear(notice);
  } catch (error) {
    notices.raise(notice, error);
    clock.after(againMs, () => void sumUp(sizes, notices, clock)).unref();
  }
}
