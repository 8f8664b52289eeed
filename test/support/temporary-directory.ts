import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const directories: string[] = [];

/** A directory of its own for a test, gone when the tests of the file are done. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'ballast-test-'));
  directories.push(directory);
  return directory;
}

function removeDirectories(): void {
  if (directories.length === 0) return;
  // Contents are write protected.
  if (process.getuid?.() !== 0) execFileSync('chmod', ['-R', 'u+w', ...directories]);
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
}

// Programs that tests start may import this too; vitest cannot be imported there.
if ('__vitest_worker__' in globalThis) {
  const { afterAll } = await import('vitest');
  afterAll(removeDirectories);
}
