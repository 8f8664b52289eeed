import { serializeKey, type Key } from '../../../key/index.ts';
import { cutWord } from './program-words.ts';

/** What a program is asked to do, and how its answers are read (spec/special-remotes.md section 7.1). */
export interface ProgramRequest<T> {
  /** The line that asks. */
  readonly line: string;
  /** One that has to come right before it, and is not answered. */
  readonly lineBefore?: string;
  /** What an answer comes to; `undefined` for one that belongs to another request. Throws for one that says no. */
  readonly answered: (name: string, rest: string) => T | undefined;
  /** Bytes that are sent meanwhile, unseen here until the program tells: they give it more time. */
  readonly unseenBytes?: number;
  /** Told how many bytes have passed. */
  readonly progress?: (bytes: number) => void;
  /** Asked when the program has said nothing for long: whether it has done something all the same. */
  readonly hasMoved?: () => Promise<boolean>;
  /** Gives it up: whatever comes of it is nobody's any more. */
  readonly signal?: AbortSignal;
}

/** A program that has said no; it may be asked further. */
class ProgramRefusal extends Error {
  override readonly name = 'ProgramRefusal';
}

/** The first request: the program gets ready. */
export const prepareProgram: ProgramRequest<true> = {
  line: 'PREPARE',
  answered: (name, rest) => {
    if (name === 'PREPARE-FAILURE') throw new ProgramRefusal(said('is not ready', rest));
    return name === 'PREPARE-SUCCESS' ? true : undefined;
  },
};

/** Whether the program stores what it retrieves from the first byte to the last. */
export const askOrder: ProgramRequest<'ordered' | 'unordered'> = {
  line: 'GETORDERED',
  answered: (name) => {
    if (name === 'ORDERED') return 'ordered';
    return name === 'UNORDERED' || name === 'UNSUPPORTED-REQUEST' ? 'unordered' : undefined;
  },
};

/** Whether a piece is there. Neither of both is no answer. */
export function checkPresent(piece: Key): ProgramRequest<'there' | 'absent'> {
  const key = serializeKey(piece);
  return {
    line: `CHECKPRESENT ${key}`,
    answered: (name, rest) => {
      const [about, why] = cutWord(rest);
      if (about !== key) return undefined;
      if (name === 'CHECKPRESENT-UNKNOWN') {
        throw new ProgramRefusal(said('does not know what is there', why));
      }
      if (name === 'CHECKPRESENT-SUCCESS') return 'there';
      return name === 'CHECKPRESENT-FAILURE' ? 'absent' : undefined;
    },
  };
}

/** Has a piece removed, if it is there. */
export function removePiece(piece: Key): ProgramRequest<true> {
  const key = serializeKey(piece);
  return {
    line: `REMOVE ${key}`,
    answered: (name, rest) => {
      const [about, why] = cutWord(rest);
      if (about !== key) return undefined;
      if (name === 'REMOVE-FAILURE') throw new ProgramRefusal(said('removes nothing', why));
      return name === 'REMOVE-SUCCESS' ? true : undefined;
    },
  };
}

/** Has a piece stored from a file, or retrieved into one. */
export function transfer(
  direction: 'STORE' | 'RETRIEVE',
  piece: Key,
  path: string,
): ProgramRequest<true> {
  const key = serializeKey(piece);
  return {
    line: `TRANSFER ${direction} ${key} ${path}`,
    answered: (name, rest) => {
      const [which, behind = ''] = cutWord(rest);
      const [about, why] = cutWord(behind);
      if (which !== direction || about !== key) return undefined;
      const what = direction === 'STORE' ? 'stores it not' : 'gives it not';
      if (name === 'TRANSFER-FAILURE') throw new ProgramRefusal(said(what, why));
      return name === 'TRANSFER-SUCCESS' ? true : undefined;
    },
  };
}

/** Whether trees can be exported to the program's place. */
export const askExports: ProgramRequest<'supported' | 'unsupported'> = {
  line: 'EXPORTSUPPORTED',
  answered: (name) => {
    if (name === 'EXPORTSUPPORTED-SUCCESS') return 'supported';
    const isNo = name === 'EXPORTSUPPORTED-FAILURE' || name === 'UNSUPPORTED-REQUEST';
    return isNo ? 'unsupported' : undefined;
  },
};

/**
 * A request about a key, made about the file of an exported tree: each is called like that about keys, with EXPORT behind
 * it, and is answered alike (spec/special-remotes.md section 7.4). What is about no key stays as it is.
 */
export function aboutExport<T>(request: ProgramRequest<T>, path: string): ProgramRequest<T> {
  const [word, rest = ''] = cutWord(request.line);
  if (!['CHECKPRESENT', 'REMOVE', 'TRANSFER'].includes(word)) return request;
  return { ...request, lineBefore: `EXPORT ${path}`, line: `${word}EXPORT ${rest}` };
}

/** Has an exported file get another path. A program that cannot do that says so; some of old times say that it failed. */
export function renameExport(
  key: Key,
  { from, to }: { readonly from: string; readonly to: string },
): ProgramRequest<'renamed' | 'failed' | 'unsupported'> {
  const name = serializeKey(key);
  return {
    lineBefore: `EXPORT ${from}`,
    line: `RENAMEEXPORT ${name} ${to}`,
    answered: (answer, rest) => {
      if (answer === 'UNSUPPORTED-REQUEST') return 'unsupported';
      if (cutWord(rest)[0] !== name) return undefined;
      if (answer === 'RENAMEEXPORT-SUCCESS') return 'renamed';
      return answer === 'RENAMEEXPORT-FAILURE' ? 'failed' : undefined;
    },
  };
}

/** Has a directory removed that no exported file is in, where the program does not do that by itself. */
export function removeExportDirectory(path: string): ProgramRequest<true> {
  return {
    line: `REMOVEEXPORTDIRECTORY ${path}`,
    answered: (name) => {
      if (name === 'REMOVEEXPORTDIRECTORY-FAILURE') {
        throw new ProgramRefusal('does not remove the directory');
      }
      const isDone = name === 'REMOVEEXPORTDIRECTORY-SUCCESS' || name === 'UNSUPPORTED-REQUEST';
      return isDone ? true : undefined;
    },
  };
}

function said(what: string, why: string | undefined): string {
  const reason = shortened(why ?? '');
  return `${what}${reason === '' ? '' : `: ${reason}`}`;
}

/** Characters of a line that an error shows. */
const shownLength = 200;

/** What a program said, as an error may show it. */
export function shortened(text: string): string {
  const shown = text.length > shownLength ? `${text.slice(0, shownLength)}…` : text;
  return shown.replace(/\p{Cc}|\p{Surrogate}/gu, '\ufffd').trim();
}
