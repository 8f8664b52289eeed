import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The files below a directory, each with what is in it, by their paths from there. */
export function visibleFiles(directory: string): Readonly<Record<string, string>> {
  const all = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  const files = all.filter((path) => !lstatSync(join(directory, path)).isDirectory());
  return Object.fromEntries(
    files.map((path) => [path, readFileSync(join(directory, path), 'utf8')]),
  );
}
