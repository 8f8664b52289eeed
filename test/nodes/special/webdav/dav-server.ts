import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DavClient } from '../../../../src/nodes/special/webdav/dav-client.ts';
import { DavExport } from '../../../../src/nodes/special/webdav/dav-export.ts';
import { DavStore } from '../../../../src/nodes/special/webdav/dav-store.ts';
import { thisMachine } from '../../../../src/repository/index.ts';
import { freePort } from '../../../support/free-port.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';

const program = 'apache2';
const modules = '/usr/lib/apache2/modules';

/** Whether a WebDAV server is here; what needs it is skipped otherwise. */
export const hasApache: boolean = findApache();

function findApache(): boolean {
  if (spawnSync(program, ['-v']).status === 0) return true;
  if (process.env['CI'] === 'true') throw new Error('CI=true, and apache2 is not installed');
  console.warn('apache2 is not installed: tests that need it are skipped');
  return false;
}

export const login = 'user';
export const password = 'pass word:ü';

/** An Apache of our own, with the collection `dav` and whatever is made in it. */
export class DavServer {
  readonly #child: ChildProcess;
  readonly url: string;
  /** The files of the collection. */
  readonly files: string;

  private constructor(child: ChildProcess, url: string, files: string) {
    this.#child = child;
    this.url = url;
    this.files = files;
  }

  /** One that answers. */
  static async start(): Promise<DavServer> {
    const root = temporaryDirectory();
    const files = join(root, 'files', 'dav');
    mkdirSync(files, { recursive: true });
    const port = await freePort();
    const isRoot = process.getuid?.() === 0;
    if (isRoot) for (const path of [root, join(root, 'files'), files]) giveAway(path);
    const sum = createHash('sha1').update(password).digest('base64');
    writeFileSync(join(root, 'users'), `${login}:{SHA}${sum}\n`);
    const names = ['mpm_event', 'authn_core', 'authn_file', 'authz_core', 'authz_user'];
    const loaded = [...names, 'auth_basic', 'dav', 'dav_fs'].map(
      (name) => `LoadModule ${name}_module ${modules}/mod_${name}.so`,
    );
    const config = `
ServerRoot ${root}
ServerName localhost
PidFile ${root}/pid
ErrorLog ${process.env['DAVLOG'] ?? `${root}/log`}
Mutex file:${root}
DefaultRuntimeDir ${root}
Listen 127.0.0.1:${port}
${isRoot ? 'User www-data\nGroup www-data' : ''}
${loaded.join('\n')}
DavLockDB ${root}/locks
DocumentRoot ${root}/files
<Directory ${root}/files>
  Dav On
  AuthType Basic
  AuthName dav
  AuthUserFile ${root}/users
  Require valid-user
</Directory>
`;
    writeFileSync(join(root, 'conf'), config);
    const child = spawn(program, ['-f', join(root, 'conf'), '-D', 'FOREGROUND'], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const url = `http://127.0.0.1:${port}/dav`;
    while (!(await isAnswering(url))) {
      if (child.exitCode !== null) throw new Error(readFileSync(join(root, 'log'), 'utf8'));
      await sleep(20);
    }
    return new DavServer(child, url, files);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGTERM');
    await ended;
  }
}

/** The server runs as an ordinary user, for whom the directories of root are closed. */
function giveAway(path: string): void {
  const id = (flag: string): number =>
    Number(spawnSync('id', [flag, 'www-data'], { encoding: 'utf8' }).stdout);
  chmodSync(path, 0o755);
  chownSync(path, id('-u'), id('-g'));
}

async function isAnswering(url: string): Promise<boolean> {
  return await fetch(url).then(
    ({ status }) => status === 401,
    () => false,
  );
}

/** A webdav remote at a url, that trees are exported to. */
export function davExport(url: string): DavExport {
  return new DavExport(
    new DavClient(url, { login, password }, thisMachine.clock),
    thisMachine.clock,
  );
}

/** A webdav remote at a url. */
export function davStore(url: string, as = { login, password }): DavStore {
  return new DavStore(new DavClient(url, as, thisMachine.clock), thisMachine.clock);
}
