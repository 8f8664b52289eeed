import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { encodeText, isWhiteSpace, type Uuid } from '../../units/index.ts';
import type { RealContent } from './annex.ts';

/** Words that connect names, and can be none. */
const arrows: ReadonlySet<string> = new Set(['->', '<-', '<->']);

/** Longest name of a repository that is made, in characters. */
const nameLengthMax = 60;

/** Names for repositories and cluster nodes: one word each, and no two the same. */
export class Names {
  readonly #taken = new Set<string>();
  readonly #byUuid = new Map<Uuid, string>();

  /** The name of a repository, made when it is asked for first. */
  of(uuid: Uuid, calledBy: readonly string[] = []): string {
    let name = this.#byUuid.get(uuid);
    if (name === undefined) {
      name = this.make([...calledBy, `repository-${uuid.slice(0, 8)}`]);
      this.#byUuid.set(uuid, name);
    }
    return name;
  }

  /** The name that a repository has; `undefined` when none was made yet. */
  known(uuid: Uuid): string | undefined {
    return this.#byUuid.get(uuid);
  }

  /** The first of some names that leaves a word, with a number where that is taken. */
  make(calledBy: readonly string[]): string {
    const word = calledBy.map(nameWord).find((text) => text !== '') ?? 'repository';
    for (let number = 1; ; number += 1) {
      const name = number === 1 ? word : `${word}-${number}`;
      if (this.#taken.has(name)) continue;
      this.#taken.add(name);
      return name;
    }
  }
}

/** A name as one word; empty when nothing is left of it. */
function nameWord(text: string): string {
  const bare = /^\[(.+)\]$/su.exec(text.trim())?.[1] ?? text;
  const word = Array.from(visible(bare, '-').replace(/-{2,}/g, '-'))
    .slice(0, nameLengthMax)
    .join('')
    .replace(/^-+|-+$/g, '');
  return arrows.has(word) ? '' : word;
}

/** Text with another character in place of white space and of what cannot be seen or encoded. */
function visible(text: string, instead: string): string {
  return Array.from(text, (character) =>
    isWhiteSpace(character) || unseen.test(character) ? instead : character,
  ).join('');
}

const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
/** Whether a text can stand as one word of a line, and be seen there. */
export function isWord(text: string): boolean {
  return plainWord.test(text) || (text !== '' && visible(text, '') === text);
}

const plainWord = /^[!-~]+$/;

/**
 * The name of a content's file as one word. One that had to be changed gets a digest of what it was, before
 * its extension, so that no two become the same; one for a content without a file is made of its key.
 */
export function fileWord({ file, key, keyText }: RealContent): string {
  if (file === undefined) return `no-file/${digest(keyText)}${extensionOf(key.name)}`;
  if (plainWord.test(file)) return file;
  const word = visible(file, '_');
  if (word === file) return file;
  const extension = extensionOf(word);
  return `${word.slice(0, word.length - extension.length)}~${digest(file)}${extension}`;
}

/** What stands after the last point of the name, with the point; empty when that is not short. */
export function extensionOf(name: string): string {
  return /(?<=[^/])\.[^./]{1,12}$/.exec(name)?.[0] ?? '';
}

function digest(text: string): string {
  return bytesToHex(sha256(encodeText(text))).slice(0, 12);
}
