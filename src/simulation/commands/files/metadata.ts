import { unknownFile } from '../../acts/troubles.ts';
import { file } from '../../language/fields.ts';
import { misread, type Misread } from '../../language/misread.ts';
import { quotedText, type CommandWord } from '../../language/words.ts';
import { done, troubled } from '../../state/state.ts';
import type { CommandRow } from '../row.ts';

/** A change of metadata: `field=value` and its kin. */
export interface MetadataChange {
  /** As it was written; case does not matter. */
  readonly field: string;
  readonly operator: '=' | '+=' | '-=' | '?=';
  readonly value: string;
  /** All of it as it was written, which is how the log has it. */
  readonly text: string;
}

/** What the words of `metadata` say. */
export interface ChangeMetadata {
  readonly file: string;
  readonly change: MetadataChange;
}

/** `metadata FILE FIELD=VALUE`: metadata of a file's key, known everywhere at once. */
export const metadata: CommandRow<ChangeMetadata> = {
  fields: {
    file,
    change: { kind: 'word', usage: 'FIELD=VALUE', read: readChange, print: ({ text }) => text },
  },
  does({ file: name, change: { field, operator, value } }, { contents }) {
    const file = contents.file(name);
    if (file === undefined) return troubled(unknownFile(name));
    const key = contents.keyOf(file);
    const kept = operator === '=' ? [] : contents.metadata.of(key)?.get(field.toLowerCase());
    const values = new Set(kept);
    if (operator === '-=') values.delete(value);
    else if (operator !== '?=' || values.size === 0) values.add(value);
    contents.metadata.set(key, field.toLowerCase(), values);
    return done;
  },
};

/**
 * `field=value`, `field+=value`, `field-=value`, `field?=value`, and as git-annex has it the same with an
 * empty value when there is no `=`.
 */
function readChange(word: CommandWord): MetadataChange | Misread {
  const { text } = word;
  const equals = text.indexOf('=');
  const before = equals < 0 ? text : text.slice(0, equals);
  const operator = operators.get(before.at(-1));
  const field = operator === undefined ? before : before.slice(0, -1);
  const value = equals < 0 ? '' : text.slice(equals + 1);
  if (isFieldName(field)) return { field, operator: operator ?? '=', value, text };
  return misread(word, 'metadata', 'field=value, field+=value, field-=value or field?=value', {
    message: `${quotedText(field)} is no name of a field: it has letters and digits, and after the first also dots, dashes and underscores`,
    gitAnnexError: `Illegal metadata field name, "${field}"`,
  });
}

const operators: ReadonlyMap<string | undefined, MetadataChange['operator']> = new Map([
  ['+', '+='],
  ['-', '-='],
  ['?', '?='],
]);

/** Letters, digits, and after the first also dots, dashes and underscores, as git-annex has it. */
function isFieldName(name: string): boolean {
  return /^[\p{L}\p{N}][\p{L}\p{N}._-]*$/u.test(name);
}
