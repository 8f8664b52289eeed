import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gitEnvironment } from '../support/git-annex.ts';
import { serveProgram, type ProgramServer } from '../support/program-server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const run = promisify(execFile);

/** A repository that real git-annex has set up as a gateway, with remotes that the real program made. */
export class AnnexGateway {
  readonly root: string;
  readonly directory: string;
  /** What commands in the gateway have in their environment, besides. */
  readonly environment: NodeJS.ProcessEnv;

  private constructor(root: string, environment: NodeJS.ProcessEnv) {
    this.root = root;
    this.directory = join(root, 'gateway');
    this.environment = environment;
  }

  /** A new one without any remote. */
  static async make(environment: NodeJS.ProcessEnv = {}): Promise<AnnexGateway> {
    const gateway = new AnnexGateway(temporaryDirectory(), environment);
    mkdirSync(gateway.directory);
    await gateway.git('init', '--quiet', '-b', 'main');
    await gateway.git('config', 'receive.denyCurrentBranch', 'updateInstead');
    await gateway.git('config', 'annex.security.allowed-ip-addresses', '127.0.0.1 ::1');
    await gateway.git('commit', '--quiet', '--allow-empty', '-m', 'start');
    await gateway.git('annex', 'init', 'gateway');
    return gateway;
  }

  async git(...words: readonly string[]): Promise<string> {
    const { stdout } = await run('git', words, {
      cwd: this.directory,
      env: { ...gitEnvironment, ...this.environment },
      timeout: 100_000,
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  }

  /** `git annex initremote`; for a directory remote in a directory of that name. */
  async initremote(name: string, ...settings: readonly string[]): Promise<string> {
    const directory = join(this.root, name);
    const isDirectory = settings.includes('type=directory');
    if (isDirectory) mkdirSync(directory);
    const place = isDirectory ? [`directory=${directory}`] : [];
    await this.git('annex', 'initremote', name, ...settings, ...place);
    return directory;
  }

  /** A repository beside it, as a remote. */
  async addNode(name: string): Promise<string> {
    const directory = join(this.root, name);
    await this.git('clone', '--quiet', '.', directory);
    await this.git('-C', directory, 'remote', 'remove', 'origin');
    await this.git('-C', directory, 'annex', 'init', name);
    await this.git('remote', 'add', name, directory);
    await this.git('fetch', '--quiet', name);
    return directory;
  }

  /** Gives clients access to remotes, each by itself. */
  async proxy(...remotes: readonly string[]): Promise<void> {
    for (const remote of remotes) await this.git('config', `remote.${remote}.annex-proxy`, 'true');
    await this.git('annex', 'updateproxy');
  }

  /** Makes a cluster of remotes. */
  async cluster(name: string, ...remotes: readonly string[]): Promise<void> {
    await this.git('annex', 'initcluster', name);
    for (const remote of remotes)
      await this.git('config', `remote.${remote}.annex-cluster-node`, name);
    await this.git('annex', 'updatecluster');
  }

  /** The built program, serving it to anybody. */
  async serve(...options: readonly string[]): Promise<ProgramServer> {
    return await serveProgram(this.directory, '--wideopen', ...options);
  }
}
