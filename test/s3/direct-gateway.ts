import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashDirectoryLower, keyFile, parseKey } from '../../src/key/index.ts';
import type { S3Client } from '../../src/nodes/special/s3/s3-client.ts';
import { anyText, objectOf, readJson, type Shape } from '../../src/shapes/index.ts';
import { AnnexGateway } from '../special/annex-gateway.ts';
import { AnnexClient } from '../support/annex-client.ts';
import type { ProgramServer } from '../support/program-server.ts';
import { FaultProxy } from './fault-proxy.ts';
import type { S3Server } from './s3-server.ts';
import { objectNames, putWith, s3ClientAt } from './s3-stores.ts';

/** A file of a client, and the key that it has. */
export interface NewFile {
  readonly file: string;
  readonly path: string;
  readonly key: string;
  readonly content: Buffer;
}

const reasonShape: Shape<{ readonly reason: string }> = objectOf({ reason: anyText });

/**
 * A gateway in front of a bucket: `plain`, by way of a proxy that can do it harm; `old`, of signature=v2; `shelf`, a
 * directory; and `pool`, the cluster of `plain` and `shelf`. Its clients send contents to the bucket themselves.
 */
export class DirectGateway {
  readonly gateway: AnnexGateway;
  readonly client: AnnexClient;
  readonly proxy: FaultProxy;
  /** Speaks to the bucket of `plain`, past the proxy. */
  readonly bucket: S3Client;
  readonly #shelf: string;
  readonly #uuids: ReadonlyMap<string, string>;
  #server: ProgramServer;
  #files = 0;

  private constructor(parts: {
    readonly gateway: AnnexGateway;
    readonly client: AnnexClient;
    readonly proxy: FaultProxy;
    readonly bucket: S3Client;
    readonly shelf: string;
    readonly uuids: ReadonlyMap<string, string>;
    readonly server: ProgramServer;
  }) {
    this.gateway = parts.gateway;
    this.client = parts.client;
    this.proxy = parts.proxy;
    this.bucket = parts.bucket;
    this.#shelf = parts.shelf;
    this.#uuids = parts.uuids;
    this.#server = parts.server;
  }

  static async make(s3: S3Server): Promise<DirectGateway> {
    const proxy = await FaultProxy.before(s3);
    const gateway = await AnnexGateway.make(s3.environment);
    const { host, port } = proxy.door;
    const place = [`host=${host}`, `port=${port}`, 'protocol=http', 'requeststyle=path'];
    const on = ['type=S3', ...place, 'bucket=direct'];
    await gateway.initremote('plain', ...on, 'fileprefix=p/', 'encryption=none');
    await sayV4(gateway, 'plain');
    await gateway.initremote('old', ...on, 'fileprefix=o/', 'encryption=none');
    const shelf = await gateway.initremote('shelf', 'type=directory', 'encryption=none');
    await gateway.proxy('plain', 'old', 'shelf');
    await gateway.cluster('pool', 'plain', 'shelf');
    const uuids = new Map<string, string>();
    for (const name of ['plain', 'old', 'shelf', 'pool']) {
      const setting = name === 'pool' ? 'annex.cluster.pool' : `remote.${name}.annex-uuid`;
      uuids.set(name, (await gateway.git('config', setting)).trim());
    }
    const bucket = s3ClientAt(s3, { settings: { bucket: 'direct', fileprefix: 'p/' } });
    const server = await serve(gateway);
    const client = await AnnexClient.clone(server.url, 'client');
    return new DirectGateway({ gateway, client, proxy, bucket, shelf, uuids, server });
  }

  get server(): ProgramServer {
    return this.#server;
  }

  /** Serves it again, when its server has ended. */
  async restart(): Promise<void> {
    this.#server = await serve(this.gateway);
  }

  async close(): Promise<void> {
    await this.#server.stop();
    await this.bucket.close();
    this.proxy.close();
  }

  uuid(name: string): string {
    return this.#uuids.get(name) ?? '';
  }

  /** What the server has logged of requests. */
  requestLog(): string {
    return readFileSync(logOf(this.gateway), 'utf8');
  }

  /** A file of the client's, that nobody else has. */
  async newFile(...options: readonly string[]): Promise<NewFile> {
    this.#files += 1;
    const file = `${this.#files} ü.dat`;
    const path = join(this.client.directory, file);
    const content = randomBytes(70_000);
    writeFileSync(path, content);
    await this.client.annex('add', '--quiet', ...options, file);
    const key = (await this.client.annex('lookupkey', file)).trim();
    return { file, path, key, content };
  }

  async asked(what: string, name: string, key: string): Promise<Response> {
    const path = `/ballast/${this.uuid(name)}/${what}?key=${encodeURIComponent(key)}`;
    return await fetch(`http://127.0.0.1:${this.#server.port}${path}`, { method: 'POST' });
  }

  async check(name: string, key: string): Promise<unknown> {
    return await (await this.asked('upload-check', name, key)).json();
  }

  /** Why something is refused. */
  async reasonOf(what: string, name: string, key: string): Promise<string> {
    const answer = await this.asked(what, name, key);
    if (answer.status !== 422) return `status ${answer.status}`;
    const read = readJson(await answer.text(), reasonShape);
    return read.kind === 'value' ? read.value.reason : 'none';
  }

  /** What git-annex's protocol answers. */
  async ofAnnex(what: string, name: string, key: string): Promise<unknown> {
    const query = `clientuuid=me&key=${encodeURIComponent(key)}&data-present=true`;
    const path = `/git-annex/${this.uuid(name)}/v4/${what}?${query}`;
    const headers = { 'X-git-annex-data-length': '0' };
    const url = `http://127.0.0.1:${this.#server.port}${path}`;
    return await (await fetch(url, { method: 'POST', headers })).json();
  }

  /** Sends a file where the gateway says; the status. */
  async sent(name: string, key: string, path: string): Promise<number> {
    return await putWith(await (await this.asked('upload-url', name, key)).text(), path);
  }

  /** What lies beside the contents of the bucket. */
  async pending(): Promise<readonly string[]> {
    const names = await objectNames(this.bucket);
    return names.filter((name) => name.startsWith('.ballast-pending/'));
  }

  /** Where a content is had without git-annex. */
  urlOf(name: string, key: string, query = ''): string {
    const path = `/git-annex/${this.uuid(name)}/key/${encodeURIComponent(key)}${query}`;
    return `http://127.0.0.1:${this.#server.port}${path}`;
  }

  /** Where `shelf` has a content. */
  onShelf(text: string): string {
    const key = parseKey(text);
    if (key === undefined) throw new Error('no key');
    return join(this.#shelf, hashDirectoryLower(key), keyFile(key), keyFile(key));
  }
}

function serve(gateway: AnnexGateway): Promise<ProgramServer> {
  return gateway.serve('--redirect-downloads', '--log-requests', logOf(gateway));
}

function logOf(gateway: AnnexGateway): string {
  return join(gateway.root, 'requests');
}

/**
 * As `signature=v4` of initremote, with which real git-annex does not get on at a port of its own
 * (spec/special-remotes.md section 5.5).
 */
async function sayV4(gateway: AnnexGateway, name: string): Promise<void> {
  const log = await gateway.git('show', 'git-annex:remote.log');
  const line = log.split('\n').find((one) => one.includes(` name=${name} `)) ?? '';
  const seconds = Number(/timestamp=(\d+)/.exec(line)?.[1]) + 1;
  const changed = line.replace(/ timestamp=.*$/, ` signature=v4 timestamp=${seconds}s`);
  const journal = join(gateway.directory, '.git', 'annex', 'journal');
  writeFileSync(join(journal, 'remote.log'), `${log}${changed}\n`);
}
