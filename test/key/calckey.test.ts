import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  hashNames,
  makePureHasher,
  makeVerifier,
  parseKey,
  type Key,
  type MakeHasher,
} from '../../src/key/index.ts';
import { loadNativeHasher } from '../../src/nodes/index.ts';
import { git, gitEnvironment, hasGitAnnex } from '../support/git-annex.ts';
import { someOf } from '../support/long.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** Every length of the published BLAKE2 vectors, then the edges of blocks, stripes and windows. */
const lengths = [
  ...Array.from({ length: 257 }, (_, length) => length),
  ...[384, 512, 896, 1024, 32_768, 65_536].flatMap((edge) => [edge - 1, edge, edge + 1]),
  1000,
  1_000_000,
];

/** The published BLAKE2 vectors' message: bytes that count up from 00. */
const message = Uint8Array.from({ length: Math.max(...lengths) }, (_, index) => index);

const backends = hasGitAnnex ? hashBackends() : [];
/** Of each family some: to ask git-annex for hundreds of keys takes half a second. */
const tried = someOf(backends, 16);
const hashers: Record<string, MakeHasher> = {
  'hashers that run anywhere': makePureHasher,
  'the fastest hashers': await loadNativeHasher(),
};

describe.skipIf(!hasGitAnnex)('a key that git annex calckey gives', () => {
  const directory = temporaryDirectory();
  beforeAll(() => {
    git(directory, 'init', '--quiet');
    git(directory, 'annex', 'init', 'here');
    for (const length of lengths) {
      writeFileSync(join(directory, `${length}.ext`), message.subarray(0, length));
    }
  });

  it('is of a hash that is known here, whatever the backend', () => {
    const unknown = backends.filter((name) => !hashNames.includes(name.replace(/E$/, '')));
    expect(unknown).toEqual([]);
    expect(backends.length).toBeGreaterThanOrEqual(46);
  });

  it.each(tried)('verifies its content and nothing else: %s', (backend) => {
    const keys = calculateKeys(directory, backend);
    expect(keys).toHaveLength(lengths.length);
    for (const [name, makeHasher] of Object.entries(hashers)) {
      for (const [index, key] of keys.entries()) {
        const content = message.slice(0, lengths[index]);
        const about = `${backend}, ${content.length} bytes, ${name}`;
        expect(verifies(key, content, makeHasher), about).toBe(true);
        if (content.length === 0) continue;
        const at = (index * 7919) % content.length;
        content[at] = (content[at] ?? 0) ^ 1;
        expect(verifies(key, content, makeHasher), `${about}, byte ${at} changed`).toBe(false);
      }
    }
  });
});

function verifies(key: Key, content: Uint8Array, makeHasher: MakeHasher): boolean {
  const verifier = makeVerifier(key, makeHasher);
  verifier.update(content);
  return verifier.matches();
}

function calculateKeys(directory: string, backend: string): Key[] {
  const names = lengths.map((length) => `${length}.ext\n`).join('');
  const out = execFileSync(
    'git',
    ['-C', directory, 'annex', 'calckey', '--batch', `--backend=${backend}`],
    { env: gitEnvironment, input: names, encoding: 'utf8' },
  );
  return out
    .trimEnd()
    .split('\n')
    .map((line) => parseKey(line))
    .filter((key) => key !== undefined);
}

/** What the installed git-annex says it has, without the backends that do not hash. */
function hashBackends(): string[] {
  const version = execFileSync('git', ['annex', 'version'], {
    env: gitEnvironment,
    encoding: 'utf8',
  });
  const names = /^key\/value backends: (.*)$/m.exec(version)?.[1]?.split(' ') ?? [];
  const others = new Set(['WORM', 'URL', 'GITBUNDLE', 'GITMANIFEST', 'VURL', 'XXH3', 'X*']);
  return names.filter((name) => !others.has(name));
}
