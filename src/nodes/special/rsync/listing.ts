import { decodeText } from '../../../units/index.ts';

/** What stands at a path of a remote. */
export interface Listed {
  readonly isFile: boolean;
  readonly isDirectory: boolean;
  readonly sizeBytes: number;
}

const line =
  /^(?<kind>[-a-zA-Z])[^\s]{9,10}\s+(?<size>[\d,]+) \d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d (?<name>.+)$/;

/**
 * Reads what `rsync --list-only` says of paths, by these paths.
 *
 * @throws Error for what is no such list: what lacks in one says that it is not there.
 */
export function parseListing(text: string): ReadonlyMap<string, Listed> {
  const found = new Map<string, Listed>();
  for (const one of text.split('\n')) {
    if (one === '') continue;
    const { kind, size = '', name = '' } = line.exec(one)?.groups ?? {};
    if (kind === undefined) throw new Error(`rsync lists what is not understood: ${one}`);
    found.set(nameOf(name), {
      isFile: kind === '-',
      isDirectory: kind === 'd',
      sizeBytes: Number(size.replaceAll(',', '')),
    });
  }
  return found;
}

/** Bytes that are not plain ASCII stand as `\#303`, and so does a `\#` that is in a name. */
function nameOf(listed: string): string {
  const bytes = Buffer.from(listed, 'latin1').toString('latin1');
  const plain = bytes.replace(/\\#([0-7]{3})/g, (_all, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
  return decodeText(Buffer.from(plain, 'latin1'));
}
