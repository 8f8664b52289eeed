import { reasonOf } from './branch-notices.ts';
import type { Notices } from './notices.ts';

const notice = { kind: 'branch', subject: 'intents' } as const;

/** Has it told when what is about to be done at nodes cannot be noted, and when it can be again. */
export function intentNotice(notices: Notices): (failure: unknown) => void {
  return (failure) => {
    if (failure === undefined) return notices.clear(notice);
    const text =
      'what is about to be done at nodes cannot be noted in annex/ballast of the gateway, so that ' +
      `uploads and drops fail: ${reasonOf(failure)}`;
    notices.raise({ ...notice, text }, failure);
  };
}
