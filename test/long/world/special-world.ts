import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { S3Client } from '../../../src/nodes/special/s3/s3-client.ts';
import { readS3Place } from '../../../src/nodes/special/s3/s3-place.ts';
import { thisMachine } from '../../../src/repository/index.ts';
import { startS3, type S3Server } from '../../s3/s3-server.ts';
import { gitEnvironment } from '../../support/git-annex.ts';
import { AnnexGateway } from '../../special/annex-gateway.ts';
import { isContentOf } from './annex-http.ts';

/** A repository, and special remotes of several types: whole, in chunks, encrypted. */
export const specialNames = ['node1', 'shelf', 'chunked', 'mirror', 'bucket', 'sealed'] as const;
export type SpecialName = (typeof specialNames)[number];

const bucket = 'kills';

/** A gateway whose cluster has them all, made by real git-annex. */
export class SpecialWorld {
  readonly gateway: AnnexGateway;
  readonly s3: S3Server;
  readonly cluster: string;
  readonly uuids: Readonly<Record<SpecialName, string>>;

  private constructor(
    gateway: AnnexGateway,
    s3: S3Server,
    parts: { readonly cluster: string; readonly uuids: Readonly<Record<SpecialName, string>> },
  ) {
    this.gateway = gateway;
    this.s3 = s3;
    this.cluster = parts.cluster;
    this.uuids = parts.uuids;
  }

  static async make(): Promise<SpecialWorld> {
    const s3 = await startS3();
    const gateway = await AnnexGateway.make(s3.environment);
    await gateway.addNode('node1');
    await gateway.initremote('shelf', 'type=directory', 'encryption=none');
    await gateway.initremote('chunked', 'type=directory', 'encryption=none', 'chunk=64kb');
    mkdirSync(join(gateway.root, 'mirror'));
    const rsyncurl = `rsyncurl=${join(gateway.root, 'mirror')}`;
    await gateway.initremote('mirror', 'type=rsync', rsyncurl, 'encryption=none');
    const place = [`host=${s3.host}`, `port=${s3.port}`, 'protocol=http', 'requeststyle=path'];
    const on = ['type=S3', ...place, `bucket=${bucket}`];
    await gateway.initremote('bucket', ...on, 'fileprefix=b/', 'partsize=5MiB', 'encryption=none');
    const sealed = ['fileprefix=s/', 'encryption=shared', 'chunk=300kb'];
    await gateway.initremote('sealed', ...on, ...sealed);
    await gateway.cluster('pool', ...specialNames);
    const config = async (name: string): Promise<string> =>
      (await gateway.git('config', name)).trim();
    const uuid = (name: SpecialName): Promise<string> => config(`remote.${name}.annex-uuid`);
    return new SpecialWorld(gateway, s3, {
      cluster: await config('annex.cluster.pool'),
      uuids: {
        node1: await uuid('node1'),
        shelf: await uuid('shelf'),
        chunked: await uuid('chunked'),
        mirror: await uuid('mirror'),
        bucket: await uuid('bucket'),
        sealed: await uuid('sealed'),
      },
    });
  }

  /** What lies on the remotes and should not: under no name that git-annex gives, or parts of what never ended. */
  async orphans(): Promise<string[]> {
    const files = (['shelf', 'mirror', 'chunked'] as const).flatMap((name) =>
      filesBelow(join(this.gateway.root, name)).filter((path) => !isPiece(path)),
    );
    const odd = (await this.#objects('')).filter(
      (name) => !/^(b|s)\/(annex-uuid|(?:SHA256|GPGHMAC)[^/]*)$/.test(name),
    );
    const halves = await this.#client().ask({ method: 'GET', query: [['uploads', '']] });
    return [...files, ...odd, ...halves.all('Upload').map((one) => `parts of ${one.text('Key')}`)];
  }

  /** Contents under the names that git-annex gives to whole ones, and that are no such content. */
  async damaged(): Promise<string[]> {
    const files = (['shelf', 'mirror'] as const)
      .flatMap((name) => filesBelow(join(this.gateway.root, name)))
      .filter((path) => isPiece(path) && !isContentOf(basename(path), readFileSync(path)));
    const client = this.#client();
    const objects: string[] = [];
    for (const object of await this.#objects('b/SHA')) {
      const response = await client.send({ method: 'GET', object }, [200]);
      const content = Buffer.from(await response.body.arrayBuffer());
      if (!isContentOf(object.slice('b/'.length), content)) objects.push(object);
    }
    return [...files, ...objects];
  }

  /** What `git annex fsck` finds wrong on a remote, as a user of it without a gateway; nothing is no fault. */
  async faults(name: SpecialName): Promise<string[]> {
    const words = [
      '-C',
      this.gateway.directory,
      'annex',
      'fsck',
      '--from',
      name,
      '--all',
      '--quiet',
    ];
    const env = { ...gitEnvironment, ...this.s3.environment };
    const { stdout, stderr } = await new Promise<{ stdout: string; stderr: string }>((resolve) => {
      execFile('git', words, { env, maxBuffer: 1 << 26 }, (_, out, error) => {
        resolve({ stdout: out, stderr: error });
      });
    });
    return `${stdout}\n${stderr}`
      .split('\n')
      .filter((line) => line !== '' && !saysNothing.some((known) => known.test(line)));
  }

  async #objects(prefix: string): Promise<string[]> {
    const client = this.#client();
    const names: string[] = [];
    for (let after = ''; ; after = names.at(-1) ?? '') {
      const query = [
        ['list-type', '2'],
        ['prefix', prefix],
        ['start-after', after],
      ] as const;
      const page = (await client.ask({ method: 'GET', query })).all('Contents');
      if (page.length === 0) return names;
      names.push(...page.map((one) => one.text('Key')));
    }
  }

  #client(): S3Client {
    const { host, port, environment } = this.s3;
    const settings = { bucket, host, port: `${port}`, protocol: 'http', requeststyle: 'path' };
    const read = readS3Place(new Map(Object.entries(settings)));
    if (read.kind === 'problem') throw new Error(read.why);
    const credentials = {
      id: environment.AWS_ACCESS_KEY_ID,
      secret: environment.AWS_SECRET_ACCESS_KEY,
      sessionToken: undefined,
    };
    return new S3Client(read.place, credentials, thisMachine.clock);
  }
}

/** DIR/DIR/KEY/KEY, or the like of a chunk of one (docs/spec/special-remotes.md 2, 3.1, 6.1). */
function isPiece(path: string): boolean {
  return /\/[0-9a-f]{3}\/[0-9a-f]{3}\/(SHA256-[^/]+)\/\1$/.test(path);
}

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Lines of a whole remote: of keys that were removed on purpose, and what GHC's runtime says of a descriptor that closed. */
const saysNothing = [
  /No known copies exist of/,
  /^fsck: \d+ failed$/,
  /^runHandler: couldn't find handler$/,
];
