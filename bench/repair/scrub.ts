import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { serve } from '../../test/long/world/served.ts';
import { gitEnvironment } from '../../test/support/git-annex.ts';
import { askFor, askingHead, askingRow, timed } from './asking.ts';

const program = fileURLToPath(new URL('../../dist/ballast.js', import.meta.url));

/** How much is measured, and where. */
export interface Measure {
  readonly place: string;
  /** Of contents that are read again. */
  readonly megabytes: number;
  /** How long clients ask. */
  readonly seconds: number;
}

const objectBytes = 32 * 1024 * 1024;
const smallBytes = 10_000;
const rounds = 3;

/**
 * How fast contents are read again, beside `sha256sum` on the same files; and what clients wait for small contents
 * while a server does it, beside one that does not. Files are in the page cache in both.
 */
export async function measureScrub({ place, megabytes, seconds }: Measure): Promise<void> {
  const { repository, uuid, keys, small } = makeAnnex(place, megabytes);
  const files = execFileSync('find', [join(repository, '.git/annex/objects'), '-type', 'f']);
  const paths = files.toString().split('\n').filter(Boolean);
  console.log('| round | sha256sum | ballast fsck | of its speed |\n|---|---|---|---|');
  for (let round = 1; round <= rounds; round += 1) {
    const theirs = timed(() => execFileSync('sha256sum', paths, { stdio: 'ignore' }));
    const ours = timed(() => {
      const { status } = spawnSync(process.execPath, [program, 'fsck', repository]);
      if (status !== 0) throw new Error(`fsck ended with ${status}`);
    });
    const share = (theirs / ours).toFixed(2);
    console.log(`| ${round} | ${theirs.toFixed(0)} ms | ${ours.toFixed(0)} ms | ${share} |`);
  }
  console.log(`\n${keys} contents of ${objectBytes / 1024 ** 2} MiB.\n`);
  console.log(askingHead);
  for (let round = 1; round <= rounds; round += 1) {
    for (const words of [[], ['--scrub', '1'], ['--scrub', '1', '--scrub-rate', '10GiB']]) {
      // A walk that is over is not due again: what it has noted goes.
      execFileSync('rm', ['-rf', join(repository, '.git/annex/ballast/scrub')]);
      const server = await serve(repository, { words });
      try {
        const end = performance.now() + seconds * 1000;
        const times = await askFor(server, { uuid, key: small }, () => performance.now() < end);
        console.log(askingRow(words.join(' ') || 'no scrub', times));
      } finally {
        await server.stop();
      }
    }
  }
}

interface Annex {
  readonly repository: string;
  readonly uuid: string;
  readonly keys: number;
  /** A key of a small content. */
  readonly small: string;
}

function makeAnnex(place: string, megabytes: number): Annex {
  mkdirSync(place, { recursive: true });
  const repository = join(place, 'annex');
  const git = (...words: readonly string[]): void => {
    execFileSync('git', ['-C', repository, ...words], { env: gitEnvironment, stdio: 'ignore' });
  };
  execFileSync('git', ['init', '--quiet', repository], { env: gitEnvironment });
  git('annex', 'init', 'here');
  const keys = Math.max(1, Math.floor((megabytes * 1024 * 1024) / objectBytes));
  for (let at = 0; at < keys; at += 1) {
    writeFileSync(join(repository, `file${at}`), randomBytes(objectBytes));
  }
  const content = randomBytes(smallBytes);
  writeFileSync(join(repository, 'small'), content);
  git('annex', 'add', '--quiet', '--backend=SHA256', '.');
  git('commit', '--quiet', '--message', 'files');
  const hash = createHash('sha256').update(content).digest('hex');
  const config = ['-C', repository, 'config', 'annex.uuid'];
  const uuid = execFileSync('git', config, { encoding: 'utf8' }).trim();
  return { repository, uuid, keys, small: `SHA256-s${smallBytes}--${hash}` };
}
