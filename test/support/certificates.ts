import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from './temporary-directory.ts';

/** PEM files of a server's certificate for loopback. */
export interface Certificate {
  readonly certfile: string;
  readonly privatekeyfile: string;
  /** The authority that vouches for it. */
  readonly authorityfile: string;
}

/** Makes an authority of its own, and has it vouch for a certificate of `localhost`. */
export function makeCertificate(name = 'ballast test'): Certificate {
  const directory = temporaryDirectory();
  const at = (file: string): string => join(directory, file);
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    ['req', '-x509', ...key, '-subj', `/CN=${name} authority`, '-days', '2'],
    ['-addext', 'keyUsage=critical,keyCertSign', '-keyout', at('ca.key'), '-out', at('ca.pem')],
  );
  openssl(
    ['req', '-new', ...key, '-subj', `/CN=${name}`],
    ['-keyout', at('server.key'), '-out', at('server.csr')],
  );
  writeFileSync(at('names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1\n');
  openssl(
    ['x509', '-req', '-in', at('server.csr'), '-CA', at('ca.pem'), '-CAkey', at('ca.key')],
    ['-CAcreateserial', '-days', '2', '-extfile', at('names'), '-out', at('server.pem')],
  );
  return {
    certfile: at('server.pem'),
    privatekeyfile: at('server.key'),
    authorityfile: at('ca.pem'),
  };
}

function openssl(...words: readonly (readonly string[])[]): void {
  execFileSync('openssl', words.flat(), { stdio: 'pipe' });
}
