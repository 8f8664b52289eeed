/**
 * Options of rsync that a person may give it here: those that say how it talks to the other end. What decides
 * which files are sent, kept, changed or deleted, or how a file grows, would make another thing of what is
 * asked of it. With each, whether a value follows it.
 */
const options: ReadonlyMap<string, 'value' | 'alone'> = new Map([
  ...['--bwlimit', '--timeout', '--contimeout', '--port', '--address', '--sockopts'].map(withValue),
  ...['--password-file', '--early-input', '--rsync-path', '--protocol', '--chmod'].map(withValue),
  ...['--checksum-choice', '--cc', '--compress-choice', '--zc'].map(withValue),
  ...['--compress-level', '--zl', '--skip-compress', '--max-alloc', '--outbuf'].map(withValue),
  ...['--compress', '-z', '--ipv4', '-4', '--ipv6', '-6', '--no-motd'].map(alone),
  ...['--blocking-io', '--old-args', '--secluded-args', '--protect-args', '-s'].map(alone),
  ...['--trust-sender', '--partial', '--progress', '--verbose', '-v', '--stats'].map(alone),
]);

function withValue(name: string): readonly [string, 'value'] {
  return [name, 'value'];
}

function alone(name: string): readonly [string, 'alone'] {
  return [name, 'alone'];
}

/** The first of some options that is not used here; `undefined` where all are. */
export function unusableOption(words: readonly string[]): string | undefined {
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const [name = ''] = word.split('=', 1);
    const takes = options.get(name);
    if (takes === undefined || (takes === 'alone' && name !== word)) return word;
    if (takes === 'value' && name === word) {
      at += 1;
      if (at === words.length) return word;
    }
  }
  return undefined;
}
