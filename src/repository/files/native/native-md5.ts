import { hash } from 'node:crypto';
import type { Md5 } from '../../../key/index.ts';
import { textBytes } from './text-bytes.ts';

/** MD5 by OpenSSL, for the hash directories; `undefined` where it is switched off (FIPS). */
export const nativeMd5: Md5 | undefined = available();

function available(): Md5 | undefined {
  const md5: Md5 = (text) => hash('md5', textBytes(text));
  try {
    md5('');
    return md5;
  } catch {
    return undefined;
  }
}
