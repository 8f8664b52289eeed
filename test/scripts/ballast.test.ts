import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

/** Stands in for the command line: says where it runs and ends as its argument tells. */
const commandLine = `
export async function start(argv) {
  if (argv[0] === 'die') process.kill(process.pid, 'SIGTERM');
  if (argv[0] === 'wait') {
    process.on('SIGTERM', () => { console.log('got SIGTERM'); process.exit(7); });
    process.on('SIGINT', () => { console.log('got SIGINT'); process.exit(8); });
    setInterval(() => undefined, 1000);
  }
  console.log(process.versions.node + ' ' + argv.join(' '));
  return argv[0] === 'fail' ? 3 : 0;
}
`;

/** A module that makes the Node which loads it pass for an old one; what that one starts is not. */
const pretence = `data:text/javascript,${encodeURIComponent(
  "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.0' } })",
)}`;

const oldNode = findOldNode();

let folder: string;
let program: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ballast launcher '));
  program = join(folder, 'package', 'dist', 'ballast.js');
  await mkdir(join(folder, 'package', 'dist', 'program'), { recursive: true });
  await cp(join(root, 'dist', 'ballast.js'), program);
  await writeFile(join(folder, 'package', 'dist', 'program', 'main.js'), commandLine);
  await writeFile(join(folder, 'package', 'package.json'), '{ "type": "module" }');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe.each([
  { name: 'a Node that passes for an old one', old: [process.execPath, '--import', pretence] },
  { name: `a really old Node${oldNode === undefined ? ' (none on PATH)' : ''}`, old: oldNode },
])('the program started by $name', ({ old }) => {
  const [node = '', ...flags] = old ?? [];

  test.skipIf(old === undefined)('starts over on the Node beside it', async () => {
    await putNodeIn(join(folder, 'package'));

    const ended = spawnSync(node, [...flags, program, 'a b', '--c'], { encoding: 'utf8' });

    expect(ended).toMatchObject({ stdout: `${process.versions.node} a b --c\n`, stderr: '' });
    expect(ended.status).toBe(0);
  });

  test.skipIf(old === undefined)('finds the Node hoisted into a parent folder', async () => {
    await putNodeIn(folder);

    const ended = spawnSync(node, [...flags, program, 'fail'], { encoding: 'utf8' });

    expect(ended.stdout).toBe(`${process.versions.node} fail\n`);
    expect(ended.status).toBe(3);
  });

  test.skipIf(old === undefined)('says in one line what is needed when there is none', () => {
    const ended = spawnSync(node, [...flags, program, '--version'], { encoding: 'utf8' });

    expect(ended.stderr).toMatch(/^ballast needs Node 22\.19 or newer and this is \d+\.[^\n]*\n$/);
    expect(ended).toMatchObject({ status: 2, stdout: '' });
  });

  test.skipIf(old === undefined)('ends by the signal that ended the other', async () => {
    await putNodeIn(folder);

    const ended = spawnSync(node, [...flags, program, 'die'], { encoding: 'utf8' });

    expect(ended.signal).toBe('SIGTERM');
  });

  test.skipIf(old === undefined).each([
    { signal: 'SIGTERM', status: 7 },
    { signal: 'SIGINT', status: 8 },
  ] as const)('passes $signal on', async ({ signal, status }) => {
    await putNodeIn(folder);
    const child = spawn(node, [...flags, program, 'wait'], { stdio: 'pipe' });
    await output(child, 'wait');

    child.kill(signal);

    expect(await output(child, 'got')).toContain(`got ${signal}`);
    expect(await statusOf(child)).toBe(status);
  });
});

test('an old Node beside it is not taken for a new one, and what package.json asks for is named', async () => {
  await putNodeIn(folder, '#!/bin/sh\necho v18.0.0\n');
  const args = ['--import', pretence, program, '--version'];
  const settings: { engines: { node: string } } = JSON.parse(
    await readFile(join(root, 'package.json'), 'utf8'),
  );
  const { node: oldest } = settings.engines;

  const ended = spawnSync(process.execPath, args, { encoding: 'utf8' });

  expect(ended).toMatchObject({ status: 2, stdout: '' });
  expect(ended.stderr).toContain(`ballast needs Node ${oldest.slice('>='.length)} or newer`);
});

test('the built program runs by itself and tells its version', () => {
  const ended = spawnSync(join(root, 'dist', 'ballast.js'), ['--version'], { encoding: 'utf8' });

  expect(ended).toMatchObject({ status: 0, stderr: '' });
  expect(ended.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

/** The first Node on PATH that is too old for ballast and not for its launcher. */
function findOldNode(): string[] | undefined {
  const candidates = (process.env['PATH'] ?? '').split(delimiter).map((path) => join(path, 'node'));
  const old = candidates.find((candidate) => {
    if (!existsSync(candidate)) return false;
    const version = spawnSync(candidate, ['--version'], { encoding: 'utf8' }).stdout ?? '';
    return /^v(?:1[4-9]|2[01])\./.test(version);
  });
  return old === undefined ? undefined : [old];
}

async function putNodeIn(parent: string, script?: string): Promise<void> {
  const bin = join(parent, 'node_modules', 'node', 'bin');
  await mkdir(bin, { recursive: true });
  if (script === undefined) await symlink(process.execPath, join(bin, 'node'));
  else await writeFile(join(bin, 'node'), script, { mode: 0o755 });
}

/** What a process writes, from now on until it has written a word. */
function output(child: ChildProcess, word: string): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    child.stdout?.on('data', (bytes: Buffer) => {
      text += bytes.toString();
      if (text.includes(word)) resolve(text);
    });
  });
}

function statusOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => {
    child.on('exit', resolve);
  });
}
