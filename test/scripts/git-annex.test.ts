import { expect, test } from 'vitest';
import { isGitAnnexRecent, versionWanted } from '../../scripts/git-annex.js';

test.each([versionWanted, `${versionWanted}-g0123456`, '10.20261026', '11.20200101'])(
  'git-annex %s will do',
  (version) => {
    expect(isGitAnnexRecent(version)).toBe(true);
  },
);

test.each([undefined, '', '10.20230126', '8.20260101', 'unknown'])(
  'git-annex %s will not do',
  (version) => {
    expect(isGitAnnexRecent(version)).toBe(false);
  },
);
