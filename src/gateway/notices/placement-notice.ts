import type { Notice } from './notices.ts';

/** The right to place uploads could not be claimed; over when an upload or a look gets it. */
export const placementNotice: Notice = {
  kind: 'branch',
  subject: 'placement',
  text: 'clusters take no uploads: annex/ballast.lck of the gateway cannot be written',
};
