import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isInstalled } from '../../scripts/npm-packages.js';
import { Trouble } from '../../scripts/trouble.js';

const ohm = { version: '17.5.0', integrity: 'sha512-a' };
const elsewhere = { version: '1.0.0', integrity: 'sha512-b', optional: true };
const locked = {
  '': {},
  'node_modules/ohm-js': ohm,
  'node_modules/for-another-platform': elsewhere,
};

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ballast-packages-'));
  await mkdir(join(root, 'node_modules'));
  await writeFile(join(root, 'package-lock.json'), JSON.stringify({ packages: locked }));
});

afterEach(() => rm(root, { recursive: true, force: true }));

test('nothing is installed where npm left no record, or a broken one', async () => {
  expect(await isInstalled(root)).toBe(false);

  await writeFile(join(root, 'node_modules', '.package-lock.json'), '{"packages": {"node_mod');

  expect(await isInstalled(root)).toBe(false);
});

test.each([
  ['as locked, but for what another platform needs', { 'node_modules/ohm-js': ohm }, true],
  ['as locked, and more', { 'node_modules/ohm-js': ohm, 'node_modules/more': elsewhere }, true],
  ['another version', { 'node_modules/ohm-js': { ...ohm, version: '17.4.0' } }, false],
  ['other content', { 'node_modules/ohm-js': { ...ohm, integrity: 'sha512-c' } }, false],
  ['too little', { 'node_modules/for-another-platform': elsewhere }, false],
])('node_modules holding %s', async (_, packages, isUpToDate) => {
  await writeFile(join(root, 'node_modules', '.package-lock.json'), JSON.stringify({ packages }));

  expect(await isInstalled(root)).toBe(isUpToDate);
});

test('a lock file that cannot be read is trouble', async () => {
  await writeFile(join(root, 'package-lock.json'), '<<<<<<< ours');

  await expect(isInstalled(root)).rejects.toThrow(Trouble);
});
