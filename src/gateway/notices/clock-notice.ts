import type { Notices } from './notices.ts';

/**
 * Tells that the server of a special remote goes by another clock than this machine, so that what is sent to it bears
 * the server's time; or that they agree again.
 *
 * @param aheadSeconds of the server's clock, negative where it is behind; 0 when they agree.
 */
export function tellClock(notices: Notices, remote: string, aheadSeconds: number): void {
  const notice = { kind: 'node', subject: `clock of ${remote}` } as const;
  if (aheadSeconds === 0) return notices.clear(notice);
  const where = aheadSeconds > 0 ? 'ahead of' : 'behind';
  notices.raise({
    ...notice,
    text:
      `the clock of the server of ${remote} is ${Math.abs(aheadSeconds)} s ${where} that of the ` +
      'gateway, which signs its requests with the time of the server: one of the two clocks is wrong',
  });
}
