#!/usr/bin/env node
// The program. This file alone must load on a Node that is too old for the rest, to say so or to
// start over on a newer one: it imports nothing but node: modules before it has looked at the
// version, and uses no syntax newer than Node 14.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The oldest Node that ballast and its packages run on; package.json's `engines` says the same. */
const oldest = { major: 22, minor: 19 };

if (isRecent(process.versions.node)) {
  moreThreads();
  const { start } = await import('./cli/index.ts');
  process.exitCode = await start(process.argv.slice(2), process.argv[1]);
} else {
  const node = findNode();
  if (node === undefined) sayWhatIsNeeded();
  else startOver(node);
}

/**
 * Gives the process threads for several disks that hang at once: each may keep some (the budget in
 * repository/files). No disk is given more of them than before, so that the others cost nothing but
 * their stacks. Said in time only where the loader of modules does not go through them itself.
 */
function moreThreads(): void {
  const [major = 0] = process.versions.node.split('.').map(Number);
  if (major < 24 || process.env['UV_THREADPOOL_SIZE'] !== undefined) return;
  process.env['UV_THREADPOOL_SIZE'] = '16';
}

function isRecent(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > oldest.major || (major === oldest.major && minor >= oldest.minor);
}

/** The Node that the npm package `node` put beside this program, or beside a package it is in. */
function findNode(): string | undefined {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const candidate = join(folder, 'node_modules', 'node', 'bin', 'node');
    if (existsSync(candidate) && isRecent(versionOf(candidate))) return candidate;
    if (dirname(folder) === folder) return undefined;
    folder = dirname(folder);
  }
}

function versionOf(node: string): string {
  const answer = spawnSync(node, ['--version'], { encoding: 'utf8' });
  return answer.status === 0 ? answer.stdout.trim().replace(/^v/, '') : '';
}

function sayWhatIsNeeded(): void {
  console.error(
    `ballast needs Node ${oldest.major}.${oldest.minor} or newer and this is ${process.versions.node}: install a newer Node, or run "npm install" in ballast's folder, which brings one`,
  );
  process.exitCode = 2;
}

/** Runs the same command on another Node, and ends as it ends. */
function startOver(node: string): void {
  // By the name that it was started by, which can say what it is to do.
  const program = process.argv[1] ?? fileURLToPath(import.meta.url);
  // Before there is a child, as a signal may come at once; it is passed on when there is one.
  const forward = (signal: NodeJS.Signals): void => {
    child.kill(signal);
  };
  // Ctrl-C at a terminal reaches the child too, and a second SIGINT would mean "at once".
  const isAtTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  process.on('SIGINT', isAtTerminal ? () => undefined : forward);
  process.on('SIGTERM', forward);
  process.on('SIGHUP', forward);
  const child = spawn(node, [program, ...process.argv.slice(2)], { stdio: 'inherit' });
  child.on('error', (error) => {
    console.error(`ballast cannot start ${node}: ${error.message}`);
    process.exitCode = 2;
  });
  child.on('exit', (status, signal) => {
    if (signal === null) {
      process.exitCode = status === null ? 2 : status;
      return;
    }
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}
