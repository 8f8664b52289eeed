import { isErrorCode } from '../../units/index.ts';
import { unwritableReasonOf } from '../notices/branch-notices.ts';
import type { Notices } from '../notices/notices.ts';

const notice = { kind: 'branch', subject: 'intents' } as const;

/** Has it told when what is about to be done at nodes cannot be noted, and when it can be again. */
export function intentNotice(notices: Notices): (failure: unknown) => void {
  return (failure) => {
    if (failure === undefined) return notices.clear(notice);
    // Of a moment, and told to who asked.
    if (isErrorCode(failure, 'TOO_MANY_INTENTS')) return;
    const text =
      'what is about to be done at nodes cannot be noted in annex/ballast of the gateway, so that ' +
      `uploads and drops fail: ${unwritableReasonOf(failure)}`;
    notices.raise({ ...notice, text }, failure);
  };
}
