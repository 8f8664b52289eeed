import type { KnipConfig } from 'knip';

/**
 * What is used from outside of the imports: the doors of the library, the program, checks, measurements, tests,
 * and what tests start as a process. An exported type that its own file uses may be nobody else's, since
 * it says what a function takes.
 */
const config: KnipConfig = {
  entry: [
    'src/{index,key,expression,placement,simulation,protocol,client,ballast}.ts',
    'scripts/*.js',
    'bench/**/*.ts',
    'test/**/*.long.ts',
    'test/**/*-worker.ts',
  ],
  project: ['{src,models,properties,test,bench}/**/*.ts', 'scripts/**/*.js'],
  ignore: ['test/package/**'],
  ignoreExportsUsedInFile: { interface: true, type: true },
  /** Those of the machine, which tests look for themselves. */
  ignoreBinaries: [
    'sha256sum',
    'gpg',
    'gpgconf',
    'git-annex',
    'gcc',
    'fsfreeze',
    'mkfifo',
    'mount',
    'umount',
    'truncate',
    'mkfs.ext4',
    'openssl',
  ],
};

export default config;
