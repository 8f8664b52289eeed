import { machineClock } from '../../repository/clock/machine-clock.ts';
import { readFile, stat } from 'node:fs/promises';
import { createSecureContext, type Server } from 'node:tls';
import type { TlsFiles } from '../../gateway/index.ts';
import { UserError } from '../errors.ts';
import type { Warn } from '../../gateway/index.ts';

/** Where the PEM files for TLS are. */
export interface TlsPaths {
  readonly certfile: string;
  readonly privatekeyfile: string;
  /** Certificates that vouch for the first one, in their order. */
  readonly chainfiles: readonly string[];
}

/** How often the files are looked at, milliseconds: certificates are renewed days ahead. */
const tlsPollMs = 10_000;

/**
 * Reads the files.
 *
 * @throws UserError when one cannot be read, or they do not go together.
 */
export async function readTlsFiles(paths: TlsPaths): Promise<TlsFiles> {
  const [cert = '', ...chain] = await Promise.all(
    [paths.certfile, ...paths.chainfiles].map((path) => read(path)),
  );
  const key = await read(paths.privatekeyfile);
  const files = { cert: [cert, ...chain].map(endedByLine).join(''), key };
  try {
    createSecureContext(files);
  } catch (error) {
    throw new UserError(
      `${[paths.certfile, ...paths.chainfiles].join(', ')} and ${paths.privatekeyfile} cannot be ` +
        `used for https: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
  return files;
}

/**
 * Gives servers the files anew whenever they have changed. Files that cannot be used are told of
 * once, and the old ones stay in use until the next change.
 *
 * @param pollMs how often to look.
 * @returns ends it.
 */
export function watchTlsFiles(
  paths: TlsPaths,
  servers: readonly Server[],
  options: { readonly warn: Warn; readonly used: TlsVersion; readonly pollMs?: number },
): () => void {
  let seen = options.used;
  let isBusy = false;
  const look = async (): Promise<void> => {
    const version = await versionOfTls(paths);
    if (version === seen) return;
    seen = version;
    const files = await readTlsFiles(paths);
    for (const server of servers) server.setSecureContext(files);
  };
  const timer = machineClock.every(options.pollMs ?? tlsPollMs, () => {
    if (isBusy) return;
    isBusy = true;
    look()
      .catch((error: unknown) => {
        options.warn('the new TLS files are not used; the old certificate stays', error);
      })
      .finally(() => {
        isBusy = false;
      });
  });
  timer.unref();
  return () => timer.close();
}

/** Changes when one of the files does. */
export type TlsVersion = string;

/** The version of the files now; to be taken before they are read. */
export async function versionOfTls(paths: TlsPaths): Promise<TlsVersion> {
  const files = [paths.certfile, paths.privatekeyfile, ...paths.chainfiles];
  const versions = files.map(async (path) => {
    const status = await stat(path, { bigint: true }).catch(() => undefined);
    if (status === undefined) return 'none';
    return `${status.dev} ${status.ino} ${status.size} ${status.mtimeNs}`;
  });
  return (await Promise.all(versions)).join();
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'latin1');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UserError(`a file for https cannot be read: ${why}`, { cause: error });
  }
}

function endedByLine(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}
