import { settingSentence, type FoundSetting } from '../../repository/index.ts';
import type { Notice } from './notices.ts';

/** What is told of settings that are not honoured. */
export function settingNotices(
  found: readonly FoundSetting[],
  /** The node whose repository has them; `undefined` for the gateway's own and for its remotes. */
  node?: string,
): Notice[] {
  return found.map((setting) => ({
    kind: 'unsupported',
    subject: node === undefined ? setting.name : `${setting.name} of ${node}`,
    text: `${node === undefined ? '' : `${node}: `}${settingSentence(setting)}`,
  }));
}
