import { create } from 'content-disposition';

/** Longest file name offered to a client, in characters: file systems take no longer ones. */
const nameLengthMax = 255;

/**
 * The Content-Disposition of a content (RFC 6266): to be saved, never shown, since it comes from
 * users; under the last part of the name of its file in the git tree, when that is known.
 */
export function contentDisposition(associatedFile: string | undefined): string {
  return create(nameOf(associatedFile ?? ''));
}

/**
 * What browsers show and file systems take: no directories of any system, no control characters,
 * and none of those that make `gpj.exe` look like `exe.jpg`.
 */
function nameOf(associatedFile: string): string | undefined {
  const last = associatedFile.split(/[/\\]/).at(-1) ?? '';
  const plain = last.replace(/[\p{Cc}\p{Bidi_Control}]/gu, '_');
  const name = wellFormed(plain.slice(-nameLengthMax)).trim();
  return ['', '.', '..'].includes(name) ? undefined : name;
}

/** What no header can encode, as a byte that is not UTF-8, becomes a replacement sign. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}
