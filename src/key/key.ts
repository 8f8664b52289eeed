/**
 * What git-annex calls a key: the name of a content. Sizes are bigints because any magnitude is
 * accepted (spec/git-annex-branch.md section 1.1).
 */
export interface Key {
  readonly backend: string;
  readonly sizeBytes: bigint | undefined;
  /** Whole seconds since the epoch. */
  readonly mtime: bigint | undefined;
  readonly chunkSizeBytes: bigint | undefined;
  /** Counted from 1 by git-annex; any number parses. */
  readonly chunkNumber: bigint | undefined;
  readonly name: string;
}

/** Longest serialized key accepted, in characters: file systems refuse names far shorter. */
export const keyLengthMax = 8192;

const serialized = /^([^-]+)(?:-s(\d+))?(?:-m(\d+))?(?:-S(\d+))?(?:-C(\d+))?--([\s\S]*)$/;

/**
 * The key that a text names, or `undefined` when it names none: fields out of order, repeated,
 * unknown or without digits (spec/git-annex-branch.md section 1.1).
 */
export function parseKey(text: string): Key | undefined {
  if (text.length > keyLengthMax) return undefined;
  const match = serialized.exec(text);
  if (match === null) return undefined;
  const [, backend = '', size, mtime, chunkSize, chunkNumber, name = ''] = match;
  return {
    backend,
    sizeBytes: number(size),
    mtime: number(mtime),
    chunkSizeBytes: number(chunkSize),
    chunkNumber: number(chunkNumber),
    name,
  };
}

function number(digits: string | undefined): bigint | undefined {
  return digits === undefined ? undefined : BigInt(digits);
}

/**
 * How many bytes a key says its content has; `undefined` when it says none. A chunk's key tells the
 * size of what it is a part of, and none of its own.
 */
export function contentSizeBytes(key: Key): number | undefined {
  if (key.sizeBytes === undefined || key.chunkSizeBytes !== undefined) return undefined;
  return Number(key.sizeBytes);
}

/** The text of a key, as it stands in logs and requests. The inverse of {@link parseKey}. */
export function serializeKey(key: Key): string {
  return keyWithoutChunkFields(
    key,
    `${field('S', key.chunkSizeBytes)}${field('C', key.chunkNumber)}`,
  );
}

/** The text of the key that a chunk is a part of; of any other key its own text. */
export function serializeUnchunkedKey(key: Key): string {
  return keyWithoutChunkFields(key, '');
}

function keyWithoutChunkFields(key: Key, chunkFields: string): string {
  const { backend, sizeBytes, mtime, name } = key;
  return `${backend}${field('s', sizeBytes)}${field('m', mtime)}${chunkFields}--${name}`;
}

function field(letter: string, value: bigint | undefined): string {
  return value === undefined ? '' : `-${letter}${value}`;
}
