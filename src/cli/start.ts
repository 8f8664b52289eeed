import { basename } from 'node:path';

/** Commands that ssh starts once for each client: they load what they need and nothing else. */
const started: ReadonlyMap<string, (words: readonly string[]) => Promise<number>> = new Map([
  ['p2pstdio', async (words) => (await import('./verbs/p2pstdio.ts')).p2pstdio(words)],
  ['shell', async (words) => (await import('./verbs/shell.ts')).shell(words)],
]);

/** Under this name the program is what ssh clients of git-annex look for. */
const shellName = 'git-annex-shell';

/**
 * The command line.
 * @param argv what stands after the program's name.
 * @param program the path that the program was started by.
 * @returns the exit status: 0 only when the command did what it says and all is well.
 */
export async function start(argv: readonly string[], program = ''): Promise<number> {
  const words = basename(program) === shellName ? ['shell', ...argv] : argv;
  const [name = '', ...rest] = words;
  const command = started.get(name);
  const wantsHelp = rest[0] === '--help' || rest[0] === '-h';
  if (command === undefined || wantsHelp) return await (await import('./main.ts')).main(words);
  try {
    return await command(rest);
  } catch (error) {
    const { isForPeople, statuses } = await import('./errors.ts');
    if (!isForPeople(error)) throw error;
    console.error(`ballast: ${error.message}`);
    return statuses.unable;
  }
}
