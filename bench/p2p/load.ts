/**
 * The client of the bench, a process of its own so that its work is told from the server's. Reads
 * one job as JSON from its standard input, says one line when it is ready, begins when it is told
 * to, and writes its figures as JSON.
 */
import { createHash, randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import type { Figures, Job } from './job.ts';
import { Connection } from './connection.ts';
import { Content } from './content.ts';

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const job: Job = JSON.parse(String((await lines.next()).value));
const run = await prepare(job);
console.log('ready');
await lines.next();
const before = process.cpuUsage();
const start = performance.now();
const latenciesMs = await run();
const seconds = (performance.now() - start) / 1000;
const { user, system } = process.cpuUsage(before);
const figures: Figures = {
  requests: latenciesMs.length,
  seconds,
  p50Ms: quantile(latenciesMs, 0.5),
  p99Ms: quantile(latenciesMs, 0.99),
  clientCpuSeconds: (user + system) / 1e6,
};
console.log(JSON.stringify(figures));
process.exit(0);

/** What the job does, once the connections are there; it gives the milliseconds of each request. */
async function prepare(job: Job): Promise<() => Promise<number[]>> {
  const connections = await Promise.all(
    Array.from({ length: job.connections }, () => Connection.open(job.port)),
  );
  switch (job.kind) {
    case 'checkpresent': {
      const requests = job.keys.map((key) => headOf(job, { verb: 'checkpresent', key }));
      return () => forSeconds(job.seconds, connections, requests, '{"present":true}');
    }
    case 'get': {
      const content = new Content(job.sizeBytes, Buffer.from(job.block, 'base64'));
      return () => oneEach(connections, (connection) => get(connection, job, content));
    }
    case 'put': {
      const content = new Content(job.sizeBytes, Buffer.from(job.block, 'base64'));
      return () => oneEach(connections, (connection) => put(connection, job, content));
    }
    case 'smallPuts': {
      const requests = Array.from({ length: job.count }, () => smallPut(job));
      return () => each(connections, requests, '"stored":true');
    }
    case 'remove': {
      const requests = job.keys.map((key) => headOf(job, { verb: 'remove', key }));
      return () => each(connections, requests, '"removed":true');
    }
  }
}

interface Asked {
  readonly verb: string;
  readonly key: string;
  readonly headers?: string;
}

/** A request as the real client writes it (spec/p2p-http.md section 6). */
function headOf(job: Job, { verb, key, headers = 'Content-Length: 0\r\n' }: Asked): Buffer {
  const query = `key=${encodeURIComponent(key)}&clientuuid=${job.clientUuid}`;
  return Buffer.from(
    `POST /git-annex/${job.uuid}/v4/${verb}?${query}${verb === 'put' ? '&offset=0' : ''} HTTP/1.1\r\n` +
      `Host: 127.0.0.1:${job.port}\r\nAccept-Encoding: gzip\r\n${headers}` +
      'Accept: application/json;charset=utf-8,application/json\r\n\r\n',
  );
}

function putHead(job: Job, key: string, sizeBytes: number): Buffer {
  const headers =
    'Transfer-Encoding: chunked\r\nContent-Type: application/octet-stream\r\n' +
    `X-git-annex-data-length: ${sizeBytes}\r\n`;
  return headOf(job, { verb: 'put', key, headers });
}

async function forSeconds(
  seconds: number,
  connections: readonly Connection[],
  requests: readonly Buffer[],
  expected: string,
): Promise<number[]> {
  const untilMs = performance.now() + seconds * 1000;
  const latenciesMs: number[] = [];
  let next = 0;
  await Promise.all(
    connections.map(async (connection) => {
      for (let startMs = performance.now(); startMs < untilMs; ) {
        const request = requests[next % requests.length];
        next += 1;
        if (request === undefined) throw new Error('nothing to ask');
        await expectAnswer(connection, request, expected);
        const endMs = performance.now();
        latenciesMs.push(endMs - startMs);
        startMs = endMs;
      }
    }),
  );
  return latenciesMs;
}

async function each(
  connections: readonly Connection[],
  requests: readonly Buffer[],
  expected: string,
): Promise<number[]> {
  const latenciesMs: number[] = [];
  const waiting = requests.values();
  await Promise.all(
    connections.map(async (connection) => {
      for (const request of waiting) {
        const startMs = performance.now();
        await expectAnswer(connection, request, expected);
        latenciesMs.push(performance.now() - startMs);
      }
    }),
  );
  return latenciesMs;
}

async function expectAnswer(
  connection: Connection,
  request: Buffer,
  expected: string,
): Promise<void> {
  const { status, text } = await connection.ask(request);
  if (status !== 200 || !text.includes(expected)) {
    throw new Error(`wrong answer ${status} ${text} to ${request.toString().split('\r\n')[0]}`);
  }
}

async function oneEach(
  connections: readonly Connection[],
  act: (connection: Connection) => Promise<void>,
): Promise<number[]> {
  return await Promise.all(
    connections.map(async (connection) => {
      const startMs = performance.now();
      await act(connection);
      return performance.now() - startMs;
    }),
  );
}

async function get(
  connection: Connection,
  job: Extract<Job, { kind: 'get' }>,
  content: Content,
): Promise<void> {
  const request = Buffer.from(
    `GET ${job.path} HTTP/1.1\r\nHost: 127.0.0.1:${job.port}\r\nAccept-Encoding: gzip\r\n` +
      'Accept: application/octet-stream\r\n\r\n',
  );
  let isRight = true;
  const answer = await connection.ask(request, (piece, atByte) => {
    isRight &&= content.holds(piece, atByte);
  });
  if (answer.status !== 200 || answer.bodyBytes !== content.sizeBytes || !isRight) {
    throw new Error(`wrong content: status ${answer.status}, ${answer.bodyBytes} bytes`);
  }
}

async function put(
  connection: Connection,
  job: Extract<Job, { kind: 'put' }>,
  content: Content,
): Promise<void> {
  const request = function* (): Generator<Buffer> {
    yield putHead(job, job.key, content.sizeBytes);
    yield* content.framed();
  };
  const { status, text } = await connection.send(request());
  if (status !== 200 || !text.includes('"stored":true')) {
    throw new Error(`wrong answer ${status} ${text} to a put`);
  }
}

/** One request with a random content, head and body together. */
function smallPut(job: Extract<Job, { kind: 'smallPuts' }>): Buffer {
  const bytes = randomBytes(job.sizeBytes);
  const key = `SHA256E-s${bytes.length}--${createHash('sha256').update(bytes).digest('hex')}`;
  const body = [...new Content(bytes.length, bytes).framed()];
  return Buffer.concat([putHead(job, key, bytes.length), ...body]);
}

function quantile(latenciesMs: readonly number[], share: number): number {
  const sorted = latenciesMs.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
