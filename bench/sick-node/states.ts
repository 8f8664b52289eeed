import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { git } from '../../test/support/git-annex.ts';
import { serve } from '../../test/long/world/served.ts';
import { treeOf } from '../p2p/usage.ts';
import { standInSsh, type World } from './cluster.ts';
import { SlowSync } from './slow-sync.ts';

/** How node1 is sick, ready to begin. */
export interface Sickness {
  /** What the gateway's process has to run in. */
  readonly environment?: NodeJS.ProcessEnv;
  begin(): void;
  /** Well again, whatever has happened meanwhile; may be called twice. */
  end(): void;
  /** Ends what runs for it. */
  close?(): Promise<void>;
}

/** A state of node1: prepares a world for it before the gateway starts. */
export interface State {
  readonly name: string;
  prepare(world: World, program: string): Promise<Sickness>;
}

export const states: readonly State[] = [
  onDisk('healthy', () => ({ begin: () => undefined, end: () => undefined })),
  onDisk('frozen', ({ disk }) => ({ begin: () => disk.freeze(), end: () => disk.thaw() })),
  { name: 'stopped, http', prepare: stoppedHttp },
  { name: 'stopped, ssh', prepare: stoppedSsh },
  onDisk('gone', ({ node1 }) => ({
    begin: () => renameSync(node1, `${node1}.away`),
    end: () => {
      if (existsSync(`${node1}.away`)) renameSync(`${node1}.away`, node1);
    },
  })),
  onDisk('unmounted', ({ disk }) => ({ begin: () => disk.unmount(), end: () => undefined })),
  onDisk('full', ({ disk }) => ({ begin: () => disk.fill(), end: () => disk.empty() })),
  onDisk('read-only', ({ disk }) => ({
    begin: () => disk.makeReadOnly(),
    end: () => undefined,
  })),
  onDisk('slow', ({ directory, disk }) => {
    const slow = new SlowSync(directory, disk.directory);
    return {
      environment: slow.environment,
      begin: () => slow.begin(),
      end: () => slow.end(),
    };
  }),
];

function onDisk(name: string, sicken: (world: World) => Sickness): State {
  return { name, prepare: (world) => Promise.resolve(sicken(world)) };
}

/** node1 is served by a ballast of its own, whose process is stopped. */
async function stoppedHttp(world: World, program: string): Promise<Sickness> {
  const peer = await serve(world.node1, { program });
  const url = `annex+http://127.0.0.1:${peer.port}/git-annex/`;
  git(world.gateway, 'config', 'remote.node1.url', url);
  return {
    begin: () => void process.kill(peer.pid, 'SIGSTOP'),
    end: () => {
      if (!peer.hasEnded()) process.kill(peer.pid, 'SIGCONT');
    },
    close: () => peer.stop(),
  };
}

/** node1 is behind ssh, where every git-annex-shell is stopped, new ones too. */
async function stoppedSsh(world: World): Promise<Sickness> {
  const { program, folder } = standInSsh(world);
  git(world.gateway, 'config', 'core.sshCommand', program);
  git(world.gateway, 'config', 'remote.node1.url', `ssh://node1.example.org${world.node1}`);
  const flag = join(folder, 'stopped');
  const signal = (name: 'SIGSTOP' | 'SIGCONT'): void => {
    const noted = join(folder, 'processes');
    const pids = existsSync(noted) ? readFileSync(noted, 'utf8').trim().split('\n') : [];
    for (const pid of pids.flatMap((each) => treeOf(Number(each)))) {
      try {
        process.kill(pid, name);
      } catch {
        // It has ended.
      }
    }
  };
  return {
    begin: () => {
      writeFileSync(flag, '');
      signal('SIGSTOP');
    },
    end: () => {
      rmSync(flag, { force: true });
      signal('SIGCONT');
    },
  };
}
