/**
 * Contents on special remotes by way of a gateway: ballast, and `git annex p2phttp` in the same run; to S3 also straight,
 * by AWS's client library (with signatures of version 4, which git-annex itself cannot make for a port such as here).
 *
 *     node bench/special-remotes.ts [--mib N] [--parallel N]
 *
 * Without options 1024 and 8. Needs git-annex, rsync, the S3 server of the tests, and in memory as much as `parallel`
 * contents, since that server keeps its objects there.
 *
 * Prints a table of each way, and whether what is wanted is met.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startS3 } from '../test/s3/s3-server.ts';
import { Content } from './p2p/content.ts';
import { makeGateway, startBallast, startReal, type Gateway } from './special-remotes/gateways.ts';
import { download, remove, upload, type Way } from './special-remotes/measured.ts';
import { writeStraight } from './special-remotes/straight.ts';

const { values } = parseArgs({
  options: {
    mib: { type: 'string', default: '1024' },
    parallel: { type: 'string', default: '8' },
  },
});
const sizeBytes = Number(values.mib) * 1024 * 1024;
const work = mkdtempSync(join(tmpdir(), 'ballast-bench-'));
const s3 = await startS3();
const gateways: Gateway[] = [];
try {
  const environment = {
    ...process.env,
    ...s3.environment,
    HOME: work,
    GIT_AUTHOR_NAME: 'bench',
    GIT_AUTHOR_EMAIL: 'bench@example.org',
    GIT_COMMITTER_NAME: 'bench',
    GIT_COMMITTER_EMAIL: 'bench@example.org',
  };
  for (const name of ['directory', 'rsync']) mkdirSync(join(work, name));
  const at = [`host=${s3.host}`, `port=${s3.port}`, 'protocol=http', 'requeststyle=path'];
  const repository = makeGateway(
    work,
    environment,
    new Map([
      ['S3', ['type=S3', 'bucket=annex', ...at]],
      ['directory', ['type=directory', `directory=${join(work, 'directory')}`]],
      ['rsync', ['type=rsync', `rsyncurl=${join(work, 'rsync')}`]],
    ]),
  );
  const to = {
    port: s3.port,
    id: s3.environment.AWS_ACCESS_KEY_ID,
    secret: s3.environment.AWS_SECRET_ACCESS_KEY,
  };
  const content = new Content(sizeBytes);
  const key = keyOf(content);
  const small = new Content(10_000);
  console.log(`${values.mib} MiB; git-annex ${realVersion()}, node ${process.version}\n`);
  console.log(row(['', '', 'seconds', 'MiB/s', 'first byte ms', 'CPU s', 'peak MiB', 'disk MiB']));
  // The first one makes the server's files.
  await writeStraight(content, to);
  const straightSeconds = Math.min(
    await writeStraight(content, to),
    await writeStraight(content, to),
  );
  console.log(row(['straight', 'to S3', ...speeds(straightSeconds, sizeBytes)]));
  const ways = new Map<string, Way>();
  const note = (gateway: Gateway, what: string, way: Way, bytes = sizeBytes): void => {
    ways.set(`${gateway.name} ${what}`, way);
    const { seconds, firstByteMs, cpuSeconds, peakMiB, diskMiB } = way;
    const used = [cpuSeconds.toFixed(2), peakMiB.toFixed(0), diskMiB.toFixed(0)];
    const first = firstByteMs?.toFixed(1) ?? '';
    console.log(row([gateway.name, what, ...speeds(seconds, bytes), first, ...used]));
  };
  for (const start of [startBallast, startReal]) {
    const gateway = await start(repository);
    gateways.push(gateway);
    for (const [remote, uuid] of repository.uuids) {
      const asked = { gateway, repository, uuid };
      // The first request opens the remote.
      await upload(asked, new Map([[keyOf(small), small]]));
      await remove(asked, keyOf(small));
      note(gateway, `to ${remote}`, await upload(asked, new Map([[key, content]])));
      note(gateway, `from ${remote}`, await download(asked, key, content));
      await remove(asked, key);
    }
  }
  const [ours] = gateways;
  const uuid = repository.uuids.get('S3');
  if (ours === undefined || uuid === undefined) throw new Error('nothing was measured');
  const many = Array.from({ length: Number(values.parallel) }, () => new Content(sizeBytes));
  const asked = { gateway: ours, repository, uuid };
  const contents = new Map(many.map((one) => [keyOf(one), one]));
  const title = `${many.length} at once to S3`;
  note(ours, title, await upload(asked, contents), sizeBytes * many.length);
  judge(ways, { straightSeconds, title });
} finally {
  for (const gateway of gateways) await gateway.stop();
  await s3.stop();
  execFileSync('chmod', ['-R', 'u+w', work]);
  rmSync(work, { recursive: true, force: true });
}

function judge(
  ways: ReadonlyMap<string, Way>,
  { straightSeconds, title }: { readonly straightSeconds: number; readonly title: string },
): void {
  const of = (name: string): Way => {
    const way = ways.get(name);
    if (way === undefined) throw new Error(`${name} was not measured`);
    return way;
  };
  const say = (what: string, value: number, wanted: string, isMet: boolean): void => {
    console.log(`  ${what}: ${value.toFixed(2)}; ${wanted} wanted: ${isMet ? 'met' : 'MISSED'}`);
  };
  const [firstMs = Infinity, realFirstMs = 0] = ['ballast from S3', 'p2phttp from S3'].map(
    (name) => of(name).firstByteMs,
  );
  console.log();
  say('first byte from S3, ms', firstMs, '100', firstMs < 100);
  say('  of that of p2phttp', firstMs / realFirstMs, 'a tenth', firstMs < realFirstMs / 10);
  const { seconds } = of('ballast to S3');
  const straight = straightSeconds / seconds;
  say('speed to S3, of straight', straight, '0.85', straight >= 0.85);
  const real = of('p2phttp to S3').seconds / seconds;
  say('speed to S3, times that of p2phttp', real, '2', real >= 2);
  const { peakMiB } = of(`ballast ${title}`);
  say(`peak of ${title}, MiB`, peakMiB, '400', peakMiB <= 400);
  for (const remote of ['S3', 'directory', 'rsync']) {
    for (const way of [`to ${remote}`, `from ${remote}`]) {
      const { diskMiB } = of(`ballast ${way}`);
      say(`disk at the gateway ${way}, MiB`, diskMiB, '0', diskMiB < 1);
    }
  }
}

function keyOf(content: Content): string {
  return `SHA256-s${content.sizeBytes}--${content.sha256()}`;
}

function speeds(seconds: number, bytes: number): string[] {
  return [seconds.toFixed(2), (bytes / 1024 / 1024 / seconds).toFixed(0)];
}

function realVersion(): string {
  return execFileSync('git-annex', ['version', '--raw'], { encoding: 'utf8' }).trim();
}

function row(cells: readonly string[]): string {
  return cells.map((cell, at) => (at < 2 ? cell.padEnd(18) : cell.padStart(14))).join('');
}
