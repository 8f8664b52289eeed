import type { Clock } from '../../../clock/index.ts';
import type { Key } from '../../../key/index.ts';
import {
  parsePreferredContentLog,
  parseRemoteState,
  parseUrlLog,
  remoteStateLogPath,
  setPreferredContent,
  setRemoteState,
  stampOf,
  urlLogPath,
  type AnnexBranch,
} from '../../../repository/index.ts';
import type { Uuid } from '../../../units/index.ts';

/** What programs of special remotes keep in the git-annex branch, and read there. */
export interface ProgramLogs {
  /** What the program has noted of a key. */
  state(key: Key): Promise<string>;
  setState(key: Key, value: string): Promise<void>;
  /** The preferred content expression of the remote. */
  wanted(): Promise<string>;
  setWanted(expression: string): Promise<void>;
  /** The urls of a key. */
  urls(key: Key): Promise<readonly string[]>;
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
  };
}
