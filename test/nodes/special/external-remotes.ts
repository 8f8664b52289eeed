import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { Clock } from '../../../src/clock/index.ts';
import type { Key } from '../../../src/key/index.ts';
import type { Cipher } from '../../../src/nodes/special/cipher/cipher.ts';
import type { ExportStore } from '../../../src/nodes/special/export/export-store.ts';
import {
  openExternal,
  openExternalExport,
  type ExternalOptions,
} from '../../../src/nodes/special/external/open-external.ts';
import type { ProgramLogs } from '../../../src/nodes/special/external/program-logs.ts';
import { PassingSpace } from '../../../src/nodes/special/files/passing-space.ts';
import type { SpecialSettings } from '../../../src/nodes/special/settings/special-settings.ts';
import type { PieceStore } from '../../../src/nodes/special/pieces/piece-store.ts';
import { serializeKey } from '../../../src/key/index.ts';
import { thisMachine, type UrlChange } from '../../../src/repository/index.ts';
import { temporaryDirectory } from '../../support/objects.ts';
import { imaginaryUuid } from '../../support/presence.ts';

/** What an external remote of a test is like. */
export interface ExternalLike {
  /** As test/support/external-program.js has them. */
  readonly modes?: string;
  readonly asks?: readonly string[];
  readonly clock?: Clock;
  readonly cipher?: Cipher;
  readonly reserveBytes?: number;
  /** Where contents pass through files, of this remote and others. */
  readonly passing?: PassingSpace;
  readonly values?: Readonly<Record<string, string>>;
  readonly config?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

/** An external remote whose program keeps pieces in a directory. */
export interface ExternalRemote {
  readonly store: PieceStore;
  /** What the program keeps. */
  readonly directory: string;
  readonly annexDirectory: string;
  readonly logs: MemoryProgramLogs;
}

/** A directory with a program of the name that git-annex looks for. */
export function programDirectory(): string {
  const directory = temporaryDirectory();
  const path = join(directory, 'git-annex-remote-standin');
  const source = join(import.meta.dirname, '../../support/external-program.js');
  writeFileSync(path, `#!/bin/sh\nexec '${process.execPath}' '${source}'\n`);
  chmodSync(path, 0o755);
  return directory;
}

/** What a program notes, in memory. */
export class MemoryProgramLogs implements ProgramLogs {
  readonly states = new Map<string, string>();
  readonly urlChanges: string[] = [];
  expression = '';

  state(key: Key): Promise<string> {
    return Promise.resolve(this.states.get(serializeKey(key)) ?? '');
  }

  setState(key: Key, value: string): Promise<void> {
    this.states.set(serializeKey(key), value);
    return Promise.resolve();
  }

  wanted(): Promise<string> {
    return Promise.resolve(this.expression);
  }

  setWanted(expression: string): Promise<void> {
    this.expression = expression;
    return Promise.resolve();
  }

  urls(): Promise<readonly string[]> {
    return Promise.resolve(['http://a/1', 'http://b/2']);
  }

  setUrl(key: Key, { url, isPresent }: UrlChange): Promise<void> {
    this.urlChanges.push(`${isPresent ? '+' : '-'} ${serializeKey(key)} ${url}`);
    return Promise.resolve();
  }
}

const opened: Pick<PieceStore, 'close'>[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close()));
});

/** Opens one; the end of the test closes it. */
export async function externalRemote(like: ExternalLike = {}): Promise<ExternalRemote> {
  const { settings, options, ...rest } = prepared(like);
  const store = await openExternal(settings, options, like.cipher);
  opened.push(store);
  return { store, ...rest };
}

/** One that trees are exported to. */
export interface ExternalExportRemote extends Omit<ExternalRemote, 'store'> {
  readonly store: ExportStore;
}

/** Opens one that trees are exported to; the end of the test closes it. */
export async function externalExport(like: ExternalLike = {}): Promise<ExternalExportRemote> {
  const { settings, options, ...rest } = prepared(like);
  const store = await openExternalExport({ ...settings, exportType: 'external' }, options);
  opened.push(store);
  return { store, ...rest };
}

function prepared(like: ExternalLike): Omit<ExternalRemote, 'store'> & {
  readonly settings: SpecialSettings;
  readonly options: ExternalOptions;
} {
  const root = temporaryDirectory();
  const directory = join(root, 'kept');
  const annexDirectory = join(root, 'git', 'annex');
  mkdirSync(directory);
  mkdirSync(annexDirectory, { recursive: true });
  const logs = new MemoryProgramLogs();
  const reserveBytes = like.reserveBytes ?? 0;
  const passing =
    like.passing ?? new PassingSpace({ annexDirectory, system: thisMachine, reserveBytes });
  const config = { 'remote.e.annex-externaltype': 'standin', ...like.config };
  const settings = new Map(Object.entries(config));
  return {
    directory,
    annexDirectory,
    logs,
    settings: {
      uuid: imaginaryUuid(1),
      remote: 'e',
      type: 'external',
      values: new Map(Object.entries({ externaltype: 'standin', directory, ...like.values })),
      encryption: { kind: 'none' },
      chunkBytes: undefined,
      exportType: undefined,
      readOnly: undefined,
    },
    options: {
      config: { get: (name) => settings.get(name) },
      directory: root,
      annexDirectory,
      system: { ...thisMachine, clock: like.clock ?? thisMachine.clock },
      passing,
      programLogs: logs,
      env: {
        PATH: `${programDirectory()}:${process.env['PATH'] ?? ''}`,
        EXTERNAL_DIRECTORY: directory,
        EXTERNAL_MODES: like.modes ?? '',
        EXTERNAL_ASKS: (like.asks ?? []).join('|'),
        ...like.env,
      },
    },
  };
}
