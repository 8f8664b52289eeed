import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { anyText, objectOf, readJson, type Shape } from '../../src/shapes/index.ts';
import { hasGitAnnex } from '../support/git-annex.ts';
import { DirectGateway } from './direct-gateway.ts';
import type { AskedOfS3 } from './fault-proxy.ts';
import type { S3Server } from './s3-server.ts';
import { objectNames, putObject, putWith } from './s3-stores.ts';

const run = promisify(execFile);

const urlShape: Shape<{ readonly url: string; readonly node: string }> = objectOf({
  url: anyText,
  node: anyText,
});

/** What clients send to a bucket themselves, and read from there, with a gateway that says who may, and judges it. */
export function describeDirectOnS3(s3: () => S3Server): void {
  describe.skipIf(!hasGitAnnex)('past the gateway', { timeout: 400_000 }, () => {
    let door: DirectGateway;

    beforeAll(async () => {
      door = await DirectGateway.make(s3());
    }, 300_000);

    afterEach(() => {
      door.proxy.fault = () => undefined;
    });

    afterAll(async () => {
      await door.close();
    });

    /** By the gateway's location log, its journal included. */
    const whereis = (key: string): Promise<string> =>
      door.gateway.git('annex', 'whereis', '--key', key);

    it('takes what curl has put once it was judged, for real git-annex to get it', async () => {
      const { file, key, path, content } = await door.newFile();
      const copies: boolean[] = [];
      door.proxy.fault = ({ method, isCopy }) => {
        if (method === 'PUT') copies.push(isCopy);
        return undefined;
      };
      expect(await door.sent('plain', key, path)).toBe(200);
      expect(await door.ofAnnex('checkpresent', 'plain', key)).toEqual({ present: false });
      expect(await door.pending()).toEqual([`.ballast-pending/sent/${key}`]);

      const stored = { kind: 'stored', nodes: [door.uuid('plain')] };
      expect(await door.check('plain', key)).toEqual(stored);

      // Its bytes have gone to the bucket once, from the client.
      expect(copies).toEqual([false, true, true]);
      expect(await door.pending()).toEqual([]);
      expect(await door.ofAnnex('checkpresent', 'plain', key)).toEqual({ present: true });
      expect(await door.ofAnnex('put', 'plain', key)).toMatchObject({ stored: true });
      expect(await door.check('plain', key)).toEqual(stored);
      expect(await (await door.asked('upload-url', 'plain', key)).json()).toEqual({
        kind: 'present',
      });
      // What was logged is in the branch within seconds.
      const where = async (): Promise<readonly string[] | undefined> => {
        await door.client.annex('sync', '--no-content');
        return (await door.client.whereis()).get(file);
      };
      await expect.poll(where, { timeout: 30_000 }).toContain('origin-plain');
      await door.client.annex('drop', '--force', file);
      await door.client.annex('get', '--from', 'origin-plain', file);
      expect(readFileSync(path)).toEqual(content);
    });

    it('takes a key whose hash S3 knows nothing of', async () => {
      const { key, path } = await door.newFile('--backend=MD5E');
      expect(await door.sent('plain', key, path)).toBe(200);
      expect(await door.check('plain', key)).toMatchObject({ kind: 'stored' });
    });

    it('stores what was sent to one node of a cluster at all that want it', async () => {
      const { key, path, content } = await door.newFile();
      expect(await door.sent('pool', key, path)).toBe(200);
      const both = [await door.check('pool', key), await door.check('pool', key)];
      expect(both[0]).toMatchObject({ kind: 'stored' });
      expect(both[1]).toMatchObject({ kind: 'stored' });
      for (const name of ['plain', 'shelf']) {
        expect(await door.ofAnnex('checkpresent', name, key)).toEqual({ present: true });
      }
      expect(readFileSync(door.onShelf(key))).toEqual(content);
      expect(await door.pending()).toEqual([]);
    });

    it('answers two checks at once alike', async () => {
      const { key, path } = await door.newFile();
      await door.sent('pool', key, path);
      const answers = await Promise.all([door.check('pool', key), door.check('pool', key)]);
      for (const answer of answers) expect(answer).toMatchObject({ kind: 'stored' });
      expect(await door.pending()).toEqual([]);
    });

    it('refuses other bytes, of which nothing stays, and takes the right ones then', async () => {
      const { key, path } = await door.newFile();
      const wrong = join(door.client.directory, 'wrong');
      writeFileSync(wrong, randomBytes(70_000));
      expect(await door.sent('pool', key, wrong)).toBe(200);
      expect(await door.reasonOf('upload-check', 'pool', key)).toBe('otherContent');
      expect(await door.pending()).toEqual([]);
      expect(await door.ofAnnex('checkpresent', 'pool', key)).toEqual({ present: false });
      expect(await objectNames(door.bucket)).not.toContain(key);
      expect(existsSync(door.onShelf(key))).toBe(false);
      expect(await door.sent('pool', key, path)).toBe(200);
      expect(await door.check('pool', key)).toMatchObject({ kind: 'stored' });
    });

    it('has the server refuse another length, and refuses what has one all the same', async () => {
      const { key } = await door.newFile();
      const short = join(door.client.directory, 'short');
      writeFileSync(short, randomBytes(60_000));
      const offer = await (await door.asked('upload-url', 'plain', key)).text();
      expect(await putWith(offer.replace('"70000"', '"60000"'), short)).toBe(403);
      await putObject(door.bucket, `.ballast-pending/sent/${key}`, randomBytes(60_000));
      expect(await door.reasonOf('upload-check', 'plain', key)).toBe('otherSize');
      expect(await door.pending()).toEqual([]);
    });

    it('says why not, of a key and of a remote', async () => {
      const { key } = await door.newFile();
      expect(await door.reasonOf('upload-check', 'plain', key)).toBe('nothingSent');
      expect(await door.reasonOf('upload-url', 'shelf', key)).toBe('notS3');
      expect(await door.reasonOf('upload-url', 'old', key)).toBe('signatureV2');
      const worm = 'WORM-s5-m1--name';
      expect(await door.reasonOf('upload-url', 'plain', worm)).toBe('noHash');
    });

    it('logs what is in its place already, however it came there', async () => {
      const { key, path, content } = await door.newFile();
      await door.sent('plain', key, path);
      await putObject(door.bucket, key, content);
      expect(await door.check('plain', key)).toMatchObject({ kind: 'stored' });
      expect(await door.pending()).toEqual([]);
      expect(await whereis(key)).toContain('plain');
    });

    it('sends who downloads with curl on to S3, and nobody else', async () => {
      const { key, path, content, file } = await door.newFile();
      await door.sent('pool', key, path);
      await door.check('pool', key);
      const { stdout } = await run(
        'curl',
        ['-sSLi', '-r', '10-19', door.urlOf('plain', key, named(file))],
        {
          encoding: 'buffer',
        },
      );
      expect(stdout.subarray(-10)).toEqual(content.subarray(10, 20));
      const heads = stdout.toString('latin1');
      expect(heads).toContain('HTTP/1.1 307 ');
      expect(heads).toContain('HTTP/1.1 206 ');
      expect(heads).toMatch(/content-disposition: attachment; filename=/i);

      const head = await fetch(door.urlOf('plain', key), { method: 'HEAD' });
      expect(head.redirected).toBe(true);
      expect(head.headers.get('content-length')).toBe('70000');
      const whole = await fetch(door.urlOf('pool', key));
      expect(Buffer.from(await whole.arrayBuffer())).toEqual(content);

      const manual = { redirect: 'manual' } as const;
      const versioned = door.urlOf('plain', key).replace('/key/', '/v4/key/');
      expect((await fetch(`${versioned}?clientuuid=me`, manual)).status).toBe(200);
      expect((await fetch(door.urlOf('shelf', key), manual)).status).toBe(200);
      const headers = { 'if-none-match': `"${key}"` };
      expect((await fetch(door.urlOf('plain', key), { ...manual, headers })).status).toBe(304);
      expect((await fetch(door.urlOf('plain', `${key}x`), manual)).status).toBe(404);
    });

    it('tells where it would go, and for how long that holds', async () => {
      const { key } = await door.newFile();
      const answer = await door.asked('upload-url', 'pool', key);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      const read = readJson(await answer.text(), urlShape);
      const offer = read.kind === 'value' ? read.value : undefined;
      expect(offer?.node).toBe(door.uuid('plain'));
      expect(offer?.url).toContain('X-Amz-Expires=900&');
      expect(offer?.url).toContain('content-length%3Bhost%3Bx-amz-checksum-sha256');
    });

    it('keeps what was sent when it cannot be stored, or read, for another check', async () => {
      const { key, path } = await door.newFile();
      await door.sent('plain', key, path);
      const refusal = { kind: 'refusal', status: 403, reason: 'AccessDenied' } as const;
      door.proxy.first(1, isStoring(key), refusal);
      expect(await door.reasonOf('upload-check', 'plain', key)).toBe('notStored');
      // Behind the first piece, since what breaks before is asked again.
      door.proxy.first(1, isReading(key), { kind: 'cutAnswer', afterBytes: 66_000 });
      expect((await door.asked('upload-check', 'plain', key)).status).toBe(502);
      expect(await door.ofAnnex('checkpresent', 'plain', key)).toEqual({ present: false });
      expect(await door.pending()).toEqual([`.ballast-pending/sent/${key}`]);
      expect(await door.check('plain', key)).toMatchObject({ kind: 'stored' });
    });

    it('logs at its next start what a server that was killed had copied and not logged', async () => {
      const { key, path } = await door.newFile();
      await door.sent('pool', key, path);
      const kill = async (): Promise<void> => {
        door.server.kill();
        await door.server.ended;
      };
      // The first look at the copy that was stored.
      let isStored = false;
      door.proxy.fault = (asked) => {
        const isLook = isStored && isAt('HEAD', key)(asked);
        isStored ||= isStoring(key)(asked);
        return isLook ? { kind: 'meanwhile', act: kill } : undefined;
      };
      await expect(door.asked('upload-check', 'pool', key)).rejects.toThrow('fetch failed');
      expect(await objectNames(door.bucket)).toContain(key);
      door.proxy.fault = () => undefined;
      await door.restart();

      expect(await door.ofAnnex('checkpresent', 'plain', key)).toEqual({ present: true });
      await expect.poll(() => whereis(key), { timeout: 30_000 }).toContain('plain');
      expect(await door.check('pool', key)).toMatchObject({ kind: 'stored' });
      expect(readFileSync(door.onShelf(key))).toEqual(readFileSync(path));
      expect((await door.pending()).filter((name) => name.includes('/sent/'))).toEqual([]);
    });

    it('has its urls in no log of requests', () => {
      const log = door.requestLog();
      expect(log).toContain('"verb":"uploadUrl"');
      expect(log).toContain('"verb":"uploadCheck"');
      expect(log).not.toMatch(/X-Amz-|Signature/i);
    });
  });
}

const isAt =
  (method: string, key: string) =>
  ({ method: by, path }: AskedOfS3): boolean =>
    by === method && decodeURIComponent(path).endsWith(`/p/${key}`);

/** The copy of a content to its place. */
const isStoring = (key: string): ((asked: AskedOfS3) => boolean) => isAt('PUT', key);

/** Reads what was taken of a content. */
const isReading =
  (key: string) =>
  ({ method, path }: AskedOfS3): boolean =>
    method === 'GET' && /pending/.test(path) && decodeURIComponent(path).endsWith(`/${key}`);

function named(file: string): string {
  return `?associatedfile=${encodeURIComponent(file)}`;
}
