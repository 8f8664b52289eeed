import type { Clock } from '../../../clock/index.ts';
import type { Key } from '../../../key/index.ts';
import {
  hasWebUrl,
  locationLogPath,
  parsePreferredContentLog,
  parseRemoteState,
  parseUrlLog,
  remoteStateLogPath,
  setPreferredContent,
  setPresence,
  setRemoteState,
  setUrl,
  stampOf,
  urlLogPath,
  type AnnexBranch,
  type UrlChange,
} from '../../../repository/index.ts';
import type { Uuid } from '../../../units/index.ts';
import { webUuid } from '../settings/special-settings.ts';

/** What programs of special remotes keep in the git-annex branch, and read there. */
export interface ProgramLogs {
  /** What the program has noted of a key. */
  state(key: Key): Promise<string>;
  setState(key: Key, value: string): Promise<void>;
  /** The preferred content expression of the remote. */
  wanted(): Promise<string>;
  setWanted(expression: string): Promise<void>;
  /** The urls of a key, those of other remotes than the web with `:` in front. */
  urls(key: Key): Promise<readonly string[]>;
  /**
   * Notes that a key has a url, or has it no longer; and with its first one that the web has its content, and with
   * its last one that it has not.
   */
  setUrl(key: Key, change: UrlChange): Promise<void>;
}

const preferredContentLog = 'preferred-content.log';

/** The logs of a remote on the branch of a gateway. */
export function programLogsOn(
  branch: Pick<AnnexBranch, 'read' | 'change'>,
  remote: Uuid,
  clock: Pick<Clock, 'wallMs'>,
): ProgramLogs {
  const text = async (path: string): Promise<string> => (await branch.read(path)) ?? '';
  return {
    state: async (key) => parseRemoteState(await text(remoteStateLogPath(key)), remote),
    setState: async (key, value) => {
      const now = stampOf(clock.wallMs());
      const edit = (log: string): string => setRemoteState(log, { subject: remote, value, now });
      await branch.change([{ path: remoteStateLogPath(key), edit }]);
    },
    wanted: async () => parsePreferredContentLog(await text(preferredContentLog)).get(remote) ?? '',
    setWanted: async (value) => {
      const now = stampOf(clock.wallMs());
      const edit = (log: string): string =>
        setPreferredContent(log, { subject: remote, value, now });
      await branch.change([{ path: preferredContentLog, edit }]);
    },
    urls: async (key) => parseUrlLog(await text(urlLogPath(key))),
    setUrl: async (key, change) => {
      const now = stampOf(clock.wallMs());
      const { isPresent } = change;
      // One after the other, on the same state of the branch.
      let says = false;
      const urls = (log: string): string => {
        const after = setUrl(log, { ...change, now });
        says = after !== log && !change.url.startsWith(':') && hasWebUrl(after) === isPresent;
        return after;
      };
      const places = (log: string): string =>
        says && webUuid !== undefined ? setPresence(log, { uuid: webUuid, isPresent, now }) : log;
      await branch.change([
        { path: urlLogPath(key), edit: urls },
        { path: locationLogPath(key), edit: places },
      ]);
    },
  };
}
