import { type Repository } from '../../repository/index.ts';
import { within } from '../../waiting/index.ts';
import type { Notice, Notices } from '../notices/notices.ts';
import { clearQuarantine } from './index.ts';

/** How long a start waits for the clearing, milliseconds. */
const clearMs = 10_000;

/** What killed pushes left cannot be cleared; over when a push could clear it. */
const pushesNotice: Notice = {
  kind: 'branch',
  subject: 'pushes',
  text:
    'what pushes that were killed have left cannot be cleared and takes room; pushes go on: the ' +
    "gateway's log tells why",
};

/** Tells why what killed pushes left cannot be cleared; `undefined` when nothing is left. */
export function tellOfPushes(notices: Notices, failure: unknown): void {
  if (failure === undefined) notices.clear(pushesNotice);
  else notices.raise(pushesNotice, failure);
}

/** Removes what pushes that were killed have left. What keeps it from going is told: nothing waits. */
export async function clearPushes(
  { gitDirectory, branch, disk, system }: Repository,
  notices: Notices,
): Promise<void> {
  const error = (): Error => new Error(`it took longer than ${clearMs} ms`);
  try {
    const clearing = clearQuarantine({ gitDirectory, refs: branch.refs, disk, system });
    const { clock } = system;
    const isClear = await within(clearing, { clock, limitMs: clearMs, error });
    if (isClear) tellOfPushes(notices, undefined);
  } catch (failure) {
    tellOfPushes(notices, failure);
  }
}
