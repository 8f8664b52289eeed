// All of set-up, before `npm start` and `npm test`: plain Node 20, nothing installed yet.
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.js';
import { ensureGitAnnex } from './git-annex.js';
import { alone } from './lock.js';
import { installPackages } from './npm-packages.js';
import { run } from './run.js';
import { ensureS3Server } from './s3-server.js';
import { ensureTestPrograms } from './test-programs.js';
import { Trouble, orTrouble } from './trouble.js';

const nodeMajorMin = 20;
const gitMin = [2, 30];
const flags = ['--build', '--git-annex'];

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const wanted = process.argv.slice(2);

await orTrouble('set-up', async () => {
  checkFlags();
  checkNode();
  await checkGit();
  await alone(root, async () => {
    await installPackages(root);
    if (wanted.includes('--build')) await build(root);
    if (!wanted.includes('--git-annex')) return;
    await gitAnnex();
    await testPrograms();
  });
});

function checkFlags() {
  const unknown = wanted.find((argument) => !flags.includes(argument));
  if (unknown !== undefined)
    throw new Trouble(`there is no option ${unknown}; use any of ${flags.join(' ')}`);
}

function checkNode() {
  if (Number.parseInt(process.versions.node, 10) < nodeMajorMin)
    throw new Trouble(
      `this is Node ${process.versions.node}; install Node ${nodeMajorMin} or newer and try again`,
    );
}

async function checkGit() {
  const oldest = gitMin.join('.');
  const ended = await run('git', ['--version']);
  const numbers = /(\d+)\.(\d+)/.exec(ended.stdout);
  if (ended.status !== 0 || numbers === null)
    throw new Trouble(`git is not on PATH; install git ${oldest} or newer and try again`);
  const [major, minor] = [Number(numbers[1]), Number(numbers[2])];
  const [majorMin = 0, minorMin = 0] = gitMin;
  if (major < majorMin || (major === majorMin && minor < minorMin))
    throw new Trouble(`this is git ${numbers[0]}; install git ${oldest} or newer and try again`);
}

/**
 * The interop tests need the real program; without it they are skipped, except where all must run.
 */
async function gitAnnex() {
  const problem = await ensureGitAnnex();
  if (problem === undefined) return;
  if (process.env['CI'] === 'true')
    throw new Trouble(`${problem}; with CI=true the interop tests must run: install git-annex`);
  console.log(`set-up: the interop tests will be skipped: ${problem}`);
}

/** Without them the tests that speak to them are skipped, except where all must run. */
async function testPrograms() {
  // The server is got with some of the programs.
  for (const ensure of [ensureTestPrograms, ensureS3Server]) {
    const problem = await ensure();
    if (problem === undefined) continue;
    if (process.env['CI'] === 'true')
      throw new Trouble(`${problem}; with CI=true all tests must run: install it`);
    console.log(`set-up: the tests that need it will be skipped: ${problem}`);
  }
}
