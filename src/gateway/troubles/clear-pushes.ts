import { within, type Repository } from '../../repository/index.ts';
import type { Notice, Notices } from '../notices.ts';
import { clearQuarantine } from '../pushes/index.ts';

/** How long a start waits for the clearing, milliseconds. */
const clearMs = 10_000;

/** What killed pushes left cannot be cleared; over when a push could clear it. */
export const pushesNotice: Notice = {
  kind: 'branch',
  subject: 'pushes',
  text:
    'what pushes that were killed have left cannot be cleared, so that the git-annex branch takes ' +
    "no pushes: the gateway's log tells why",
};

/** Removes what pushes that were killed have left. What keeps it from going is told: nothing waits. */
export async function clearPushes(
  { gitDirectory, disk }: Repository,
  notices: Notices,
): Promise<void> {
  const error = (): Error => new Error(`it took longer than ${clearMs} ms`);
  try {
    await within(clearQuarantine(gitDirectory, disk), { limitMs: clearMs, error });
    notices.clear(pushesNotice);
  } catch (failure) {
    notices.raise(pushesNotice, failure);
  }
}
