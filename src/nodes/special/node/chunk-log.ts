import type { Key } from '../../../key/index.ts';
import {
  chunkLogPath,
  parseChunkLog,
  setChunks,
  stampOf,
  type AnnexBranch,
  type LoggedChunks,
} from '../../../repository/index.ts';
import type { Clock } from '../../../clock/index.ts';
import type { Uuid } from '../../../units/index.ts';

/** Which chunks a special remote was given of each key, as the git-annex branch has it. */
export interface ChunkLog {
  /** Sizes of chunks with how many there are, smaller sizes first. */
  read(key: Key): Promise<readonly LoggedChunks[]>;
  /** Says so, durably. */
  write(key: Key, chunks: readonly LoggedChunks[]): Promise<void>;
}

/** The chunk logs of a remote on the branch of a gateway (spec/special-remotes.md section 3.2). */
export function chunkLogOn(
  branch: Pick<AnnexBranch, 'read' | 'change'>,
  remote: Uuid,
  clock: Clock,
): ChunkLog {
  return {
    read: async (key) => parseChunkLog((await branch.read(chunkLogPath(key))) ?? '', remote),
    write: async (key, chunks) => {
      const now = stampOf(clock.wallMs());
      const edit = (log: string): string =>
        chunks.reduce((text, one) => setChunks(text, { ...one, remote, now }), log);
      await branch.change([{ path: chunkLogPath(key), edit }]);
    },
  };
}
