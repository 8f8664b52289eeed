/** The value of `metadata=` (spec/expressions.md section 6.9). */
import { compileGlob, type Glob } from '../../units/index.ts';
import { readArgument, refuse, type ReadArgument, type Reading } from './reading.ts';
import { quotedWord } from './visible.ts';

/** What `metadata=` asks of the values of a field: one matches a glob, or compares with a value. */
export type MetadataTest =
  | { readonly kind: 'matches'; readonly glob: Glob }
  | { readonly kind: 'compares'; readonly operator: MetadataOperator; readonly value: string };

/** How `metadata=` compares: as numbers where both sides are numbers, else as texts. */
export type MetadataOperator = '<' | '<=' | '>' | '>=';

/** The value of `metadata=`. */
export interface MetadataArgument {
  /** In lower case. */
  readonly field: string;
  readonly test: MetadataTest;
}

const metadataValue = /^([^=<>]*)(<=|>=|=|<|>)?([^]*)$/;
const metadataField = /^[\p{L}\p{N}][\p{L}\p{N}_.-]*$/u;

/** `FIELD=GLOB`, or `FIELD` `<` `<=` `>` `>=` `VALUE` (spec/expressions.md section 6.9). */
export const readMetadata: ReadArgument<MetadataArgument> = (text, name) => {
  const [, field = '', operator = '=', value = ''] = metadataValue.exec(text) ?? [];
  if (!metadataField.test(field)) return badField(field, name);
  const test: MetadataTest = isOrder(operator)
    ? { kind: 'compares', operator, value }
    : { kind: 'matches', glob: compileGlob(value, 'metadata') };
  return readArgument({ field: field.toLowerCase(), test });
};

function isOrder(operator: string): operator is MetadataOperator {
  return operator !== '=';
}

function badField(field: string, name: string): Reading<never> {
  return refuse({
    code: 'BX108',
    message: `${quotedWord(field)} cannot be the name of a metadata field`,
    expected:
      'FIELD=GLOB; a field begins with a letter or number and goes on with those, "_", "-" or "."',
    hint: field === '' ? `name the field: ${name}=tag=*` : undefined,
    gitAnnexMessage: `Illegal metadata field name, "${asGitAnnexShows(field)}"`,
    within: { start: 0, end: field.length },
  });
}

/**
 * "NAME is shown raw" (spec/expressions.md section 4): without ASCII control characters,
 * undecodable bytes as U+FFFD.
 */
function asGitAnnexShows(field: string): string {
  return field.replace(/[\0-\x1f\x7f]/g, '').replace(/\p{Cs}/gu, '\ufffd');
}
