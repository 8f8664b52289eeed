import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** The text of a golden file, which is kept gzipped when it is large. */
export function readGolden(name: string): string {
  const bytes = readFileSync(new URL(name, import.meta.url));
  return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
}

/** The lines of a golden file of JSON lines, each checked by its reader. */
export function readGoldenLines<T>(name: string, read: (line: string) => T): readonly T[] {
  return readGolden(name).trimEnd().split('\n').map(read);
}
