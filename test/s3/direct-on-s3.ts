import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashDirectoryLower, keyFile, parseKey } from '../../src/key/index.ts';
import type { S3Client } from '../../src/nodes/special/s3/s3-client.ts';
import { anyText, objectOf, readJson, type Shape } from '../../src/shapes/index.ts';
import { AnnexGateway } from '../special/annex-gateway.ts';
import { AnnexClient } from '../support/annex-client.ts';
import { hasGitAnnex } from '../support/git-annex.ts';
import type { ProgramServer } from '../support/program-server.ts';
import type { S3Server } from './s3-server.ts';
import { objectNames, putObject, putWith, s3ClientAt } from './s3-stores.ts';

const run = promisify(execFile);

/** A file of a client, and the key that it has. */
interface NewFile {
  readonly file: string;
  readonly path: string;
  readonly key: string;
  readonly content: Buffer;
}

const reasonShape: Shape<{ readonly reason: string }> = objectOf({ reason: anyText });
const urlShape: Shape<{ readonly url: string; readonly node: string }> = objectOf({
  url: anyText,
  node: anyText,
});

/** What clients send to a bucket themselves, and read from there, with a gateway that says who may, and judges it. */
export function describeDirectOnS3(s3: () => S3Server): void {
  describe.skipIf(!hasGitAnnex)('past the gateway', { timeout: 400_000 }, () => {
    let gateway: AnnexGateway;
    let server: ProgramServer;
    let client: AnnexClient;
    let bucket: S3Client;
    let shelf: string;
    const uuids = new Map<string, string>();
    let files = 0;

    beforeAll(async () => {
      const { host, port, environment } = s3();
      gateway = await AnnexGateway.make(environment);
      const place = [`host=${host}`, `port=${port}`, 'protocol=http', 'requeststyle=path'];
      const on = ['type=S3', ...place, 'bucket=direct'];
      await gateway.initremote('plain', ...on, 'fileprefix=p/', 'encryption=none');
      await sayV4(gateway, 'plain');
      await gateway.initremote('old', ...on, 'fileprefix=o/', 'encryption=none');
      shelf = await gateway.initremote('shelf', 'type=directory', 'encryption=none');
      await gateway.proxy('plain', 'old', 'shelf');
      await gateway.cluster('pool', 'plain', 'shelf');
      for (const name of ['plain', 'old', 'shelf', 'pool']) {
        const setting = name === 'pool' ? 'annex.cluster.pool' : `remote.${name}.annex-uuid`;
        uuids.set(name, (await gateway.git('config', setting)).trim());
      }
      bucket = s3ClientAt(s3(), { settings: { bucket: 'direct', fileprefix: 'p/' } });
      server = await gateway.serve('--redirect-downloads');
      client = await AnnexClient.clone(server.url, 'client');
    }, 300_000);

    afterAll(async () => {
      await bucket.close();
      await server.stop();
    });

    const newFile = async (...options: readonly string[]): Promise<NewFile> => {
      files += 1;
      const file = `${files} ü.dat`;
      const path = join(client.directory, file);
      const content = randomBytes(70_000);
      writeFileSync(path, content);
      await client.annex('add', '--quiet', ...options, file);
      const key = (await client.annex('lookupkey', file)).trim();
      return { file, path, key, content };
    };

    const asked = async (what: string, name: string, key: string): Promise<Response> => {
      const path = `/ballast/${uuids.get(name)}/${what}?key=${encodeURIComponent(key)}`;
      return await fetch(`http://127.0.0.1:${server.port}${path}`, { method: 'POST' });
    };

    const check = async (name: string, key: string): Promise<unknown> =>
      await (await asked('upload-check', name, key)).json();

    const reasonOf = async (answer: Response): Promise<string> => {
      expect(answer.status).toBe(422);
      const read = readJson(await answer.text(), reasonShape);
      return read.kind === 'value' ? read.value.reason : 'none';
    };

    /** By git-annex's protocol. */
    const ofAnnex = async (what: string, name: string, key: string): Promise<unknown> => {
      const query = `clientuuid=me&key=${encodeURIComponent(key)}&data-present=true`;
      const url = `http://127.0.0.1:${server.port}/git-annex/${uuids.get(name)}/v4/${what}?${query}`;
      const headers = { 'X-git-annex-data-length': '0' };
      return await (await fetch(url, { method: 'POST', headers })).json();
    };

    /** Sends a file where the gateway says. */
    const sent = async (name: string, key: string, path: string): Promise<number> => {
      const answer = await asked('upload-url', name, key);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      return await putWith(await answer.text(), path);
    };

    const pending = async (): Promise<readonly string[]> =>
      (await objectNames(bucket)).filter((name) => name.startsWith('.ballast-pending/'));

    const urlOf = (name: string, key: string, query = ''): string =>
      `http://127.0.0.1:${server.port}/git-annex/${uuids.get(name)}/key/${encodeURIComponent(key)}${query}`;

    it('takes what curl has put once it was judged, for real git-annex to get it', async () => {
      const { file, key, path, content } = await newFile();
      expect(await sent('plain', key, path)).toBe(200);
      expect(await ofAnnex('checkpresent', 'plain', key)).toEqual({ present: false });
      expect(await pending()).toEqual([`.ballast-pending/sent/${key}`]);

      const stored = { kind: 'stored', nodes: [uuids.get('plain')] };
      expect(await check('plain', key)).toEqual(stored);

      expect(await pending()).toEqual([]);
      expect(await ofAnnex('checkpresent', 'plain', key)).toEqual({ present: true });
      expect(await ofAnnex('put', 'plain', key)).toMatchObject({ stored: true });
      expect(await check('plain', key)).toEqual(stored);
      expect(await (await asked('upload-url', 'plain', key)).json()).toEqual({ kind: 'present' });
      await client.annex('sync', '--no-content');
      expect((await client.whereis()).get(file)).toContain('origin-plain');
      await client.annex('drop', '--force', file);
      await client.annex('get', '--from', 'origin-plain', file);
      expect(readFileSync(path)).toEqual(content);
    });

    it('takes a key whose hash S3 knows nothing of', async () => {
      const { key, path } = await newFile('--backend=MD5E');
      expect(await sent('plain', key, path)).toBe(200);
      expect(await check('plain', key)).toMatchObject({ kind: 'stored' });
    });

    it('stores what was sent to one node of a cluster at all that want it', async () => {
      const { key, path, content } = await newFile();
      expect(await sent('pool', key, path)).toBe(200);
      const both = [await check('pool', key), await check('pool', key)];
      expect(both[0]).toMatchObject({ kind: 'stored' });
      expect(both[1]).toMatchObject({ kind: 'stored' });
      for (const name of ['plain', 'shelf']) {
        expect(await ofAnnex('checkpresent', name, key)).toEqual({ present: true });
      }
      expect(readFileSync(placeOnShelf(shelf, key))).toEqual(content);
      expect(await pending()).toEqual([]);
    });

    it('answers two checks at once alike', async () => {
      const { key, path } = await newFile();
      await sent('pool', key, path);
      const answers = await Promise.all([check('pool', key), check('pool', key)]);
      for (const answer of answers) expect(answer).toMatchObject({ kind: 'stored' });
      expect(await pending()).toEqual([]);
    });

    it('refuses other bytes, of which nothing stays, and takes the right ones then', async () => {
      const { key, path } = await newFile();
      const wrong = join(client.directory, 'wrong');
      writeFileSync(wrong, randomBytes(70_000));
      expect(await sent('pool', key, wrong)).toBe(200);
      expect(await reasonOf(await asked('upload-check', 'pool', key))).toBe('otherContent');
      expect(await pending()).toEqual([]);
      expect(await ofAnnex('checkpresent', 'pool', key)).toEqual({ present: false });
      expect(await objectNames(bucket)).not.toContain(key);
      expect(existsSync(placeOnShelf(shelf, key))).toBe(false);
      expect(await sent('pool', key, path)).toBe(200);
      expect(await check('pool', key)).toMatchObject({ kind: 'stored' });
    });

    it('has the server refuse another length, and refuses what has one all the same', async () => {
      const { key } = await newFile();
      const short = join(client.directory, 'short');
      writeFileSync(short, randomBytes(60_000));
      const offer = await (await asked('upload-url', 'plain', key)).text();
      expect(await putWith(offer.replace('"70000"', '"60000"'), short)).toBe(403);
      await putObject(bucket, `.ballast-pending/sent/${key}`, randomBytes(60_000));
      expect(await reasonOf(await asked('upload-check', 'plain', key))).toBe('otherSize');
      expect(await pending()).toEqual([]);
    });

    it('says why not, of a key and of a remote', async () => {
      const { key } = await newFile();
      expect(await reasonOf(await asked('upload-check', 'plain', key))).toBe('nothingSent');
      expect(await reasonOf(await asked('upload-url', 'shelf', key))).toBe('notS3');
      expect(await reasonOf(await asked('upload-url', 'old', key))).toBe('signatureV2');
      const worm = 'WORM-s5-m1--name';
      expect(await reasonOf(await asked('upload-url', 'plain', worm))).toBe('noHash');
    });

    it('logs what a server that was killed had copied and not logged', async () => {
      const { file, key, path, content } = await newFile();
      await sent('plain', key, path);
      await putObject(bucket, key, content);
      expect(await check('plain', key)).toMatchObject({ kind: 'stored' });
      expect(await pending()).toEqual([]);
      await client.annex('sync', '--no-content');
      expect((await client.whereis()).get(file)).toContain('origin-plain');
    });

    it('sends who downloads with curl on to S3, and nobody else', async () => {
      const { key, path, content, file } = await newFile();
      await sent('pool', key, path);
      await check('pool', key);
      const { stdout } = await run(
        'curl',
        ['-sSLi', '-r', '10-19', urlOf('plain', key, named(file))],
        {
          encoding: 'buffer',
        },
      );
      expect(stdout.subarray(-10)).toEqual(content.subarray(10, 20));
      const heads = stdout.toString('latin1');
      expect(heads).toContain('HTTP/1.1 307 ');
      expect(heads).toContain('HTTP/1.1 206 ');
      expect(heads).toMatch(/content-disposition: attachment; filename=/i);

      const head = await fetch(urlOf('plain', key), { method: 'HEAD' });
      expect(head.redirected).toBe(true);
      expect(head.headers.get('content-length')).toBe('70000');
      const whole = await fetch(urlOf('pool', key));
      expect(Buffer.from(await whole.arrayBuffer())).toEqual(content);

      const manual = { redirect: 'manual' } as const;
      const versioned = urlOf('plain', key).replace('/key/', '/v4/key/');
      expect((await fetch(`${versioned}?clientuuid=me`, manual)).status).toBe(200);
      expect((await fetch(urlOf('shelf', key), manual)).status).toBe(200);
      const headers = { 'if-none-match': `"${key}"` };
      expect((await fetch(urlOf('plain', key), { ...manual, headers })).status).toBe(304);
      expect((await fetch(urlOf('plain', `${key}x`), manual)).status).toBe(404);
    });

    it('tells where it would go, and for how long that holds', async () => {
      const { key } = await newFile();
      const answer = await (await asked('upload-url', 'pool', key)).text();
      const read = readJson(answer, urlShape);
      const offer = read.kind === 'value' ? read.value : undefined;
      expect(offer?.node).toBe(uuids.get('plain'));
      expect(offer?.url).toContain('X-Amz-Expires=900&');
      expect(offer?.url).toContain('content-length%3Bhost%3Bx-amz-checksum-sha256');
    });
  });
}

function named(file: string): string {
  return `?associatedfile=${encodeURIComponent(file)}`;
}

function placeOnShelf(shelf: string, text: string): string {
  const key = parseKey(text);
  if (key === undefined) throw new Error('no key');
  return join(shelf, hashDirectoryLower(key), keyFile(key), keyFile(key));
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
