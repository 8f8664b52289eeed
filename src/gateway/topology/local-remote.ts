import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The path of a remote's repository; `undefined` when its url leads to another host, or is none.
 *
 * @param directory what a relative path starts from.
 */
export function localPathOf(url: string | undefined, directory: string): string | undefined {
  if (url === undefined) return undefined;
  if (url.startsWith('file://')) return fileURLToPath(url);
  if (isAbsolute(url)) return url;
  // As git tells them apart: a colon before the first slash names a host.
  return /^[^/]*:/.test(url) ? undefined : resolve(directory, url);
}
