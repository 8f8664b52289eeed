import { execFile } from 'node:child_process';
import { Readable } from 'node:stream';
import { setInterval } from 'node:timers';
import { promisify } from 'node:util';
import type { Content } from '../p2p/content.ts';
import { cpuSecondsOf, forgetPeak, peakMiBOf } from '../p2p/usage.ts';
import type { Gateway, GatewayRepository } from './gateways.ts';

const run = promisify(execFile);

/** A way of a content through a gateway. */
export interface Way {
  readonly seconds: number;
  /** When the first byte of it came, milliseconds; of an upload nothing. */
  readonly firstByteMs: number | undefined;
  readonly cpuSeconds: number;
  readonly peakMiB: number;
  /** The most that lay on disk at the gateway meanwhile, beyond what lay there before. */
  readonly diskMiB: number;
}

/** What is asked, at which server. */
export interface Asked {
  readonly gateway: Gateway;
  readonly repository: GatewayRepository;
  /** The remote. */
  readonly uuid: string;
}

/** How often the disk is looked at, milliseconds. */
const lookMs = 100;

/** Uploads contents at the same time. */
export async function upload(asked: Asked, contents: ReadonlyMap<string, Content>): Promise<Way> {
  return await measured(asked, async () => {
    const puts = [...contents].map(async ([key, content]) => {
      const response = await fetch(urlOf(asked, `v4/put`, key, '&offset=0'), {
        method: 'POST',
        headers: { 'X-git-annex-data-length': `${content.sizeBytes}` },
        body: Readable.toWeb(Readable.from(content.pieces())),
        duplex: 'half',
      });
      const text = await response.text();
      if (!text.includes('"stored":true')) throw new Error(`${asked.gateway.name}: ${text}`);
    });
    await Promise.all(puts);
    return undefined;
  });
}

/** Downloads a content, and looks at each byte of it. */
export async function download(asked: Asked, key: string, content: Content): Promise<Way> {
  return await measured(asked, async () => {
    const start = performance.now();
    const response = await fetch(urlOf(asked, `v4/key/${encodeURIComponent(key)}`, undefined));
    let firstByteMs: number | undefined;
    let atByte = 0;
    for await (const piece of response.body ?? []) {
      firstByteMs ??= performance.now() - start;
      const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
      if (!content.holds(bytes, atByte)) throw new Error(`${asked.gateway.name}: other bytes`);
      atByte += bytes.length;
    }
    if (atByte !== content.sizeBytes) throw new Error(`${asked.gateway.name}: ${atByte} bytes`);
    return firstByteMs;
  });
}

/** Removes a content. */
export async function remove(asked: Asked, key: string): Promise<void> {
  const response = await fetch(urlOf(asked, 'v4/remove', key), { method: 'POST' });
  const text = await response.text();
  if (!text.includes('"removed":true')) throw new Error(`${asked.gateway.name}: ${text}`);
}

function urlOf({ gateway, uuid }: Asked, verb: string, key: string | undefined, more = ''): string {
  const named = key === undefined ? '' : `key=${encodeURIComponent(key)}&`;
  const client = '00000000-0000-4000-8000-000000000001';
  const path = `git-annex/${uuid}/${verb}?${named}clientuuid=${client}${more}`;
  return `http://127.0.0.1:${gateway.port}/${path}`;
}

async function measured(
  { gateway, repository }: Asked,
  act: () => Promise<number | undefined>,
): Promise<Way> {
  const beforeMiB = await diskMiBOf(repository.directory);
  let mostMiB = beforeMiB;
  const look = async (): Promise<void> => {
    mostMiB = Math.max(mostMiB, await diskMiBOf(repository.directory));
  };
  const looking = setInterval(() => void look(), lookMs);
  forgetPeak(gateway.pid);
  const cpuBefore = cpuSecondsOf(gateway.pid);
  const start = performance.now();
  try {
    const firstByteMs = await act();
    const seconds = (performance.now() - start) / 1000;
    const cpuSeconds = cpuSecondsOf(gateway.pid) - cpuBefore;
    const diskMiB = mostMiB - beforeMiB;
    return { seconds, firstByteMs, cpuSeconds, peakMiB: peakMiBOf(gateway.pid), diskMiB };
  } finally {
    clearInterval(looking);
  }
}

async function diskMiBOf(directory: string): Promise<number> {
  // Files come and go while they are counted.
  const { stdout } = await run('sh', ['-c', 'du -sk "$0" 2>/dev/null || true', directory]);
  return Number(/^\d+/.exec(stdout)?.[0] ?? 0) / 1024;
}
