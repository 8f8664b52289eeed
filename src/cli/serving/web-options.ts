import { machineClock } from '../../repository/clock/machine-clock.ts';
import { closeSync, openSync } from 'node:fs';
import { InvalidArgumentError, type Command } from 'commander';
import { anyOrigin, type WebOptions, type Warn } from '../../gateway/index.ts';
import { UserError } from '../errors.ts';
import { LogFile, standardError } from '../log-file.ts';
import { requestLog } from './request-log.ts';

/** What a command line says of what is served and noted beside the protocol. */
export interface WebVerbOptions {
  readonly cors?: readonly string[];
  readonly metrics?: boolean;
  readonly redirectDownloads?: boolean;
  readonly logRequests?: string;
}

/** Gives a verb the options `--cors`, `--redirect-downloads`, `--no-metrics` and `--log-requests`. */
export function withWebOptions(command: Command): Command {
  return command
    .option(
      '--cors <ORIGIN>',
      'let web pages of this origin use it, as https://example.org; * for all; repeatable',
      addOrigin,
    )
    .option(
      '--redirect-downloads',
      'send browsers and curl on to S3, by a url that holds for a short time, for what is there as it is',
    )
    .option('--no-metrics', 'count nothing, and serve no /metrics')
    .option(
      '--log-requests <FILE>',
      'append a line of JSON for each request to a file; - for standard error',
    );
}

/** The web side of a server, ready to be served. */
export interface OpenWeb {
  readonly options: WebOptions;
  close(): Promise<void>;
}

/** How long what is left of the log may take to be written at the end, milliseconds. */
const leavingMs = 1000;

/**
 * Opens what the options name. SIGUSR2 begins the log anew, after a rotation has renamed the file.
 *
 * @throws UserError when the log cannot be written at all.
 */
export function openWeb(options: WebVerbOptions, warn: Warn): OpenWeb {
  const { cors: corsOrigins = [], metrics = true, redirectDownloads = false } = options;
  const web = { corsOrigins, metrics, redirectDownloads };
  const path = options.logRequests;
  if (path === undefined) return { options: web, close: () => Promise.resolve() };
  if (path !== standardError) assertWritable(path);
  const file = new LogFile(path, warn);
  const reopen = (): void => file.reopen();
  process.on('SIGUSR2', reopen);
  return {
    options: { ...web, observers: [requestLog(file)] },
    close: async () => {
      process.off('SIGUSR2', reopen);
      await Promise.race([file.close(), machineClock.sleep(leavingMs)]);
    },
  };
}

function assertWritable(path: string): void {
  try {
    closeSync(openSync(path, 'a', 0o640));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UserError(`requests cannot be logged (${why}); name another file.`);
  }
}

function addOrigin(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text === anyOrigin ? text : parseOrigin(text)];
}

/** What pages of no origin say, as of files and sandboxes: anybody can be one. */
const opaqueOrigin = 'null';

function parseOrigin(text: string): string {
  const origin = URL.canParse(text) ? new URL(text).origin : opaqueOrigin;
  if (origin === text && origin !== opaqueOrigin) return text;
  const example = origin === opaqueOrigin ? 'https://example.org' : origin;
  throw new InvalidArgumentError(`It is * or an origin without a path, as ${example}.`);
}
