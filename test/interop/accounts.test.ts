import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { interrupt, start, type Running } from '../cli/program.ts';
import { AnnexClient } from '../support/annex-client.ts';
import { makeCertificate, type Certificate } from '../support/certificates.ts';
import { git, gitEnvironment, hasGitAnnex } from '../support/git-annex.ts';
import { isLong } from '../support/long.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const accounts = {
  GIT_ANNEX_P2PHTTP_PASSWORD_alice: 'alice pw',
  GIT_ANNEX_P2PHTTP_PASSWORD_bob: 'bobpw',
  GIT_ANNEX_P2PHTTP_PERMISSIONS_bob: 'readonly',
  GIT_ANNEX_P2PHTTP_PASSWORD_carol: 'ca:rolpw',
  GIT_ANNEX_P2PHTTP_PERMISSIONS_carol: 'appendonly',
};

const passwords = { alice: 'alice pw', bob: 'bobpw', carol: 'ca:rolpw', mallory: 'alice pw' };
type User = keyof typeof passwords;

/** What git asks of the users of this machine: who they are, and whom they trust. */
function beUser(user: User, url: string, authorityfile?: string): void {
  const home = gitEnvironment['HOME'] ?? '';
  const at = new URL(url);
  const login = `${at.protocol}//${user}:${encodeURIComponent(passwords[user])}@${at.host}\n`;
  writeFileSync(join(home, 'credentials'), login);
  const settings = ['[credential]', `\thelper = store --file=${join(home, 'credentials')}`];
  writeFileSync(join(home, '.gitconfig'), `${settings.join('\n')}\n`);
  if (authorityfile === undefined) return;
  gitEnvironment['GIT_SSL_CAINFO'] = authorityfile;
  trustInAnnex(authorityfile);
}

/** git-annex trusts the certificates in the file or directory that this names. */
function trustInAnnex(authorityfile: string): void {
  gitEnvironment['SYSTEM_CERTIFICATE_PATH'] = authorityfile;
}

async function startServer(words: readonly string[]): Promise<Running & { readonly url: string }> {
  const place = ['--bind', '127.0.0.1', '--port', '0'];
  const running = start(['serve', repository, ...place, ...words], {
    directory: temporaryDirectory(),
    env: accounts,
  });
  const [, url = ''] = await running.printed(/ at (https?:\/\/\S+)\n/);
  return { ...running, url };
}

let repository: string;
let server: (Running & { readonly url: string }) | undefined;

/** Makes the repository that is served, with one file in it. */
function makeRepository(): void {
  repository = join(temporaryDirectory(), 'served');
  git('.', 'init', '--quiet', repository);
  git(repository, 'annex', 'init', 'served');
  git(repository, 'config', 'receive.denyCurrentBranch', 'ignore');
  writeFileSync(join(repository, 'there'), 'a content that is there');
  git(repository, 'annex', 'add', 'there');
  git(repository, 'commit', '--quiet', '-m', 'there');
}

/** What a command says that fails; `nothing` for one that does not. */
async function failure(act: Promise<unknown>): Promise<string> {
  return await act.then(
    () => 'nothing',
    (error: unknown) => {
      const isOutput = error instanceof Error && 'stdout' in error;
      return `${String(error)} ${isOutput ? String(error.stdout) : ''}`;
    },
  );
}

async function addFile(client: AnnexClient, name: string): Promise<void> {
  writeFileSync(join(client.directory, name), `the content of ${name}`);
  await client.annex('add', name);
  await client.git('commit', '--quiet', '-m', name);
}

/** What a user of the real client can do: get, copy, drop from the server. */
async function powers(url: string, user: User): Promise<string> {
  const client = await AnnexClient.clone(url, user);
  const can: string[] = [];
  const tried = async (power: string, ...words: readonly string[]): Promise<void> => {
    if ((await failure(client.annex(...words))) === 'nothing') can.push(power);
  };
  await tried('get', 'get', 'there');
  await addFile(client, `${user}'s`);
  await tried('copy', 'copy', '--to', 'origin', `${user}'s`);
  await tried('drop', 'drop', '--from', 'origin', 'there');
  return can.join(', ');
}

describe.skipIf(!hasGitAnnex)('a real git-annex client with an account', () => {
  let certificate: Certificate;
  beforeAll(() => {
    certificate = makeCertificate();
  });
  beforeEach(() => {
    makeRepository();
  });
  afterEach(async () => {
    server?.child.kill('SIGKILL');
    await server?.ended;
    server = undefined;
  });
  const https = (): string[] => [
    '--authenv',
    `--certfile=${certificate.certfile}`,
    `--privatekeyfile=${certificate.privatekeyfile}`,
  ];

  // All other tests with clients are of http.
  const schemes = isLong ? ['http', 'https'] : ['https'];
  it.for(schemes)('may do over %s what the account may', async (scheme) => {
    server = await startServer(scheme === 'http' ? ['--authenv-http'] : https());
    expect(server.url).toMatch(new RegExp(`^${scheme}://`));
    const authority = scheme === 'http' ? undefined : certificate.authorityfile;

    beUser('bob', server.url, authority);
    expect(await powers(server.url, 'bob')).toBe('get');
    beUser('carol', server.url, authority);
    expect(await powers(server.url, 'carol')).toBe('get, copy');
    beUser('alice', server.url, authority);
    expect(await powers(server.url, 'alice')).toBe('get, copy, drop');

    beUser('mallory', server.url, authority);
    const refused = await failure(AnnexClient.clone(server.url, 'mallory'));
    expect(refused).toMatch(/Authentication failed|could not read/);
    expect(await interrupt(server)).toMatchObject({ status: 0, stderr: '' });
  });

  it('does not talk to a server whose certificate nobody it trusts vouches for', async () => {
    server = await startServer(https());
    beUser('alice', server.url, certificate.authorityfile);
    const client = await AnnexClient.clone(server.url, 'careful');
    trustInAnnex(makeCertificate().authorityfile);

    const refused = await failure(client.annex('get', 'there'));
    expect(refused).toMatch(/certificate|HandshakeFailed/i);
    expect(existsSync(join(client.directory, 'there'))).toBe(false);

    trustInAnnex(certificate.authorityfile);
    await client.annex('get', 'there');
    expect(readdirSync(client.directory)).toContain('there');
  });
});
