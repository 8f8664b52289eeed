import { isLocationLogPath, parseMetadataLog, type BranchFile } from '../repository/index.ts';

/** How the name of a metadata log goes on after that of the location log beside it. */
export const metadataEnd = '.met';

/** The location log that a file of the branch belongs to, when it is the log of a key's metadata. */
export function locationLogBeside(path: string): string {
  return path.endsWith(`.log${metadataEnd}`) ? path.slice(0, -metadataEnd.length) : path;
}

/** The location log of a key, and its metadata log. */
export interface ContentLog extends BranchFile {
  readonly metadata: string | undefined;
}

/**
 * Brings the two logs of each key together. They come in the order of their names, so that nothing of
 * another key can stand between them, since each key has directories of its own or shares them with
 * names that are not longer ones of its own.
 */
export class ContentLogs {
  #pending: BranchFile | undefined;

  /** What is complete by now. Metadata of a key without a location log is passed over. */
  push(files: readonly BranchFile[]): readonly ContentLog[] {
    const complete: ContentLog[] = [];
    for (const file of files) {
      const isOfPending = file.path === `${this.#pending?.path ?? ''}${metadataEnd}`;
      if (this.#pending !== undefined) {
        complete.push({ ...this.#pending, metadata: isOfPending ? file.text : undefined });
      }
      this.#pending = isLocationLogPath(file.path) ? file : undefined;
    }
    return complete;
  }

  /** What was waiting for its metadata. */
  end(): readonly ContentLog[] {
    const last = this.#pending;
    this.#pending = undefined;
    return last === undefined ? [] : [{ ...last, metadata: undefined }];
  }
}

/** When a field changed is no value that somebody gave; git-annex keeps track of it. */
const changeTimes = /(?:^|-)lastchanged$/;

/** The values of each field that a metadata log says. */
export function fieldsIn(log: string | undefined): ReadonlyMap<string, readonly string[]> {
  if (log === undefined) return noFields;
  const fields = [...parseMetadataLog(log)].filter(([name]) => !changeTimes.test(name));
  return new Map(fields);
}

const noFields: ReadonlyMap<string, readonly string[]> = new Map();
