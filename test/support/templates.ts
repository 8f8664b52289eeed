/**
 * What takes a second to make, and is the same for many tests: made once in a run, and copied by all its
 * processes.
 */
import { randomUUID } from 'node:crypto';
import { cpSync, existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Where they are; `undefined` where vitest has not said so. */
const templates = process.env['BALLAST_TEST_TEMPLATES'];

/** Copies what has that name to a place where nothing is; false when nobody has made it yet. */
export function copyTemplate(name: string, to: string): boolean {
  if (templates === undefined || !existsSync(join(templates, name))) return false;
  copy(join(templates, name), to);
  return true;
}

/** Keeps a copy of what was just made. Two processes may make one at the same time; the first one stays. */
export function keepTemplate(name: string, from: string): void {
  if (templates === undefined) return;
  const own = join(templates, `${name}.${randomUUID()}`);
  copy(from, own);
  try {
    renameSync(own, join(templates, name));
  } catch (error) {
    if (!existsSync(join(templates, name))) throw error;
    rmSync(own, { recursive: true, force: true });
  }
}

function copy(from: string, to: string): void {
  cpSync(from, to, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
}
