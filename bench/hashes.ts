/**
 * Each backend's hasher as the gateway uses it, and `git annex calckey` of the same content.
 *
 *     node bench/hashes.ts [--mib N] [--backend NAME ...]      # default 256, all; needs git-annex
 *
 * Both read the content from a file in the page cache, the gateway's in the pieces that sockets
 * bring. Prints for each backend MiB/s by the clock, CPU seconds, and how many times faster the
 * hasher is by the clock and by CPU; on a busy machine only the second says much. Then, apart, what
 * the start of git-annex alone takes, which is in its figures.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { hashNames, makeVerifier, parseKey, type MakeHasher } from '../src/key/index.ts';
import { loadNativeHasher } from '../src/nodes/index.ts';

const { values } = parseArgs({
  options: {
    mib: { type: 'string', default: '256' },
    backend: { type: 'string', multiple: true, default: [...hashNames] },
  },
});
const mebibytes = Number(values.mib);
/** What a read of a socket brings at most. */
const pieceBytes = 65_536;
const work = mkdtempSync(join(tmpdir(), 'ballast-bench-'));
const content = join(work, 'content');
const environment = { ...process.env, HOME: work, LC_ALL: 'C.UTF-8' };

interface Figures {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

function verify(keyText: string, makeHasher: MakeHasher): Figures {
  const key = parseKey(keyText);
  if (key === undefined) throw new Error(`no key: ${keyText}`);
  const piece = Buffer.alloc(pieceBytes);
  const file = openSync(content, 'r');
  const startCpu = process.cpuUsage();
  const startMs = performance.now();
  const verifier = makeVerifier(key, makeHasher);
  for (;;) {
    const length = readSync(file, piece);
    if (length === 0) break;
    verifier.update(piece.subarray(0, length));
  }
  const matches = verifier.matches();
  const seconds = (performance.now() - startMs) / 1000;
  const { user, system } = process.cpuUsage(startCpu);
  closeSync(file);
  if (!matches) throw new Error(`${keyText} is not of this content`);
  return { seconds, cpuSeconds: (user + system) / 1e6 };
}

/** Undefined when the installed git-annex lacks the backend. */
function calculateKey(backend: string, file: string): (Figures & { key: string }) | undefined {
  const startMs = performance.now();
  const { stdout, status } = spawnSync(
    'bash',
    [
      '-c',
      'git annex calckey --backend="$0" "$1" 2>/dev/null; status=$?; times; exit $status',
      backend,
      file,
    ],
    { cwd: work, env: environment, encoding: 'utf8' },
  );
  const seconds = (performance.now() - startMs) / 1000;
  const [key = '', , ofChildren = ''] = stdout.split('\n');
  if (status !== 0 || !key.startsWith(`${backend}-`)) return undefined;
  const minutes = [...ofChildren.matchAll(/(\d+)m([\d.]+)s/g)];
  const cpuSeconds = minutes.reduce((sum, [, m, s]) => sum + Number(m) * 60 + Number(s), 0);
  return { key, seconds, cpuSeconds };
}

function show({ seconds, cpuSeconds }: Figures): string {
  const speed = (mebibytes / seconds).toFixed(0).padStart(6);
  return `${speed} MiB/s ${cpuSeconds.toFixed(2).padStart(6)} s CPU`;
}

try {
  execFileSync('git', ['init', '--quiet', work], { env: environment });
  execFileSync('git', ['-C', work, 'annex', 'init', '--quiet'], { env: environment });
  const file = openSync(content, 'w');
  for (let written = 0; written < mebibytes; written += 1) writeSync(file, randomBytes(1 << 20));
  closeSync(file);
  writeFileSync(join(work, 'empty'), '');
  const makeHasher = await loadNativeHasher();

  console.log(
    `${mebibytes} MiB   ballast                      git annex calckey            times faster: clock, CPU`,
  );
  for (const backend of values.backend) {
    const theirs = calculateKey(backend, content);
    if (theirs === undefined) {
      console.log(`${backend.padEnd(12)} the installed git-annex does not have it`);
      continue;
    }
    verify(theirs.key, makeHasher); // once to let the machine code settle
    const ours = verify(theirs.key, makeHasher);
    const byClock = (theirs.seconds / ours.seconds).toFixed(2).padStart(5);
    const byCpu = (theirs.cpuSeconds / ours.cpuSeconds).toFixed(2).padStart(5);
    console.log(`${backend.padEnd(12)} ${show(ours)}   ${show(theirs)}   ${byClock} ${byCpu}`);
  }
  const start = calculateKey('MD5', join(work, 'empty'));
  console.log(`git annex calckey of nothing: ${start?.seconds.toFixed(2)} s`);
} finally {
  execFileSync('chmod', ['-R', 'u+w', work]);
  rmSync(work, { recursive: true, force: true });
}
