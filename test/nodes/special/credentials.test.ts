import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { findCredentials } from '../../../src/nodes/special/settings/credentials.ts';
import { findS3Credentials } from '../../../src/nodes/special/s3/s3-credentials.ts';
import { thisMachine } from '../../../src/repository/index.ts';
import { imaginaryUuid } from '../../support/presence.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const names = {
  login: 'WEBDAV_USERNAME',
  password: 'WEBDAV_PASSWORD',
  embedded: 'davcreds',
} as const;
const uuid = imaginaryUuid(1);
const embedded = Buffer.from('of branch\nb\n').toString('base64');

let annexDirectory = '';
beforeEach(() => {
  annexDirectory = temporaryDirectory();
  for (const name of [names.login, names.password, 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'])
    vi.stubEnv(name, '');
});
afterEach(() => vi.unstubAllEnvs());

function writeFile(text: string): void {
  mkdirSync(join(annexDirectory, 'creds'));
  writeFileSync(join(annexDirectory, 'creds', uuid), text);
}

function find(
  values: readonly (readonly [string, string])[] = [],
): ReturnType<typeof findCredentials> {
  const disk = thisMachine.disks.at(annexDirectory);
  const at = { annexDirectory, disk, cipher: undefined };
  return findCredentials({ values: new Map(values), uuid }, names, at);
}

it('are those of the environment before all others', async () => {
  writeFile('of file\nf\n');
  vi.stubEnv(names.login, 'of environment');
  vi.stubEnv(names.password, 'e');
  const found = { login: 'of environment', password: 'e', isFromEnvironment: true };
  expect(await find([['davcreds', embedded]])).toEqual(found);
});

it('are those of the file before those of the branch, and where the environment has half of them', async () => {
  writeFile('of file\nf\n');
  vi.stubEnv(names.login, 'of environment');
  const found = { login: 'of file', password: 'f', isFromEnvironment: false };
  expect(await find([['davcreds', embedded]])).toEqual(found);
});

it('are those of the branch where there is nothing else, or none', async () => {
  const found = { login: 'of branch', password: 'b', isFromEnvironment: false };
  expect(await find([['davcreds', embedded]])).toEqual(found);
  expect(await find([['s3creds', embedded]])).toBeUndefined();
  writeFile('no password\n');
  expect(await find()).toBeUndefined();
});

it('of S3 have a session of the environment with a key of the environment alone', async () => {
  const disk = thisMachine.disks.at(annexDirectory);
  const at = { annexDirectory, disk, cipher: undefined };
  vi.stubEnv('AWS_SESSION_TOKEN', 'token');
  const settings = { values: new Map([['s3creds', embedded]]), uuid };
  const ofBranch = { id: 'of branch', secret: 'b', sessionToken: undefined };
  expect(await findS3Credentials(settings, at)).toEqual(ofBranch);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'id');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  const ofEnvironment = { id: 'id', secret: 'secret', sessionToken: 'token' };
  expect(await findS3Credentials(settings, at)).toEqual(ofEnvironment);
});
