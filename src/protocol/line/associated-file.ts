import { isWhiteSpace } from '../../units/index.ts';
import { Unreadable, type Readable } from '../unreadable.ts';

const control = /\p{Cc}/gu;

/**
 * The file that a line names, or none: `%%` is a percent sign, `%` alone stood for white space that
 * is lost and reads as `_`, and so do control characters. An absolute path is no associated file
 * (spec/p2p-line.md section 2).
 */
export function readAssociatedFile(text: string): Readable<string | undefined> {
  if (text === '') return undefined;
  if (text.startsWith('/')) return new Unreadable('absolute associated file');
  return text
    .replaceAll(/%%?/g, (escape) => (escape === '%%' ? '%' : '_'))
    .replaceAll(control, '_');
}

/** How a line names a file. White space is lost on the way, as {@link readAssociatedFile} says. */
export function writeAssociatedFile(file: string | undefined): Readable<string> {
  if (file === undefined) return '';
  if (file.startsWith('/')) return new Unreadable('absolute associated file');
  let text = '';
  for (const character of file.replaceAll('%', '%%'))
    text += isWhiteSpace(character) ? '%' : character;
  return text;
}
