/** The package as its users have it: what npm ships, unpacked beside what it depends on. */
import { spawnSync } from 'node:child_process';
import { cp, mkdir, readFile, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export const root: string = join(import.meta.dirname, '..', '..');
export const packages: string = join(root, 'node_modules');

/** What of package.json is looked at. */
export interface Settings {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly engines?: { readonly node?: string };
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly scripts: Readonly<Record<string, string>>;
  readonly sideEffects: readonly string[];
}

/** package.json of this package, or of one of those it depends on. */
export async function settingsOf(folder: string): Promise<Settings> {
  const settings: Settings = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  return settings;
}

/** The files that npm would ship, sorted. */
export function shippedFiles(): readonly string[] {
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  const packed = spawnSync('npm', args, { cwd: root, encoding: 'utf8' });
  if (packed.status !== 0) throw new Error(`npm pack failed: ${packed.stderr}`);
  const reports: { files: { path: string }[] }[] = JSON.parse(packed.stdout);
  return reports.flatMap(({ files }) => files.map(({ path }) => path)).sort();
}

/**
 * Puts the package into the node_modules of a program in `folder`.
 * @returns where it is then.
 */
export async function install(folder: string, files: readonly string[]): Promise<string> {
  const target = join(folder, 'node_modules', 'ballast');
  for (const file of files) {
    await mkdir(dirname(join(target, file)), { recursive: true });
    await cp(join(root, file), join(target, file));
  }
  const { dependencies } = await settingsOf(root);
  for (const name of [...Object.keys(dependencies), '@types/node']) {
    const link = join(folder, 'node_modules', name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(join(packages, name), link);
  }
  return target;
}
