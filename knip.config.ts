import type { KnipConfig } from 'knip';

/** What is used from outside of the imports: doors of the library, programs, tests, and files that tests start. */
const config: KnipConfig = {
  entry: [
    'src/{index,key,expression,placement,simulation,protocol,client,ballast}.ts!',
    'scripts/*.js',
    'bench/*.ts',
    'bench/**/*.ts',
    'test/**/*.test.ts',
    'test/**/*.long.ts',
    'test/**/*-worker.ts',
    'properties/**/*.test.ts',
  ],
  project: ['src/**/*.ts', 'models/**/*.ts', 'properties/**/*.ts', 'test/**/*.ts', 'bench/**/*.ts', 'scripts/**/*.js'],
  ignore: ['src/expression/generated/**', 'test/package/**'],
};

export default config;
