import { relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { Gateway, SingleRepository } from '../../gateway/index.ts';
import { thisMachine } from '../../repository/index.ts';
import { demoNames, nodeDirectory } from '../demo/demo-names.ts';
import { findDemo } from '../demo/find-demo.ts';
import { makeDemo } from '../demo/make-demo.ts';
import { assertPortIsFree } from '../serving/port-check.ts';
import { serveGateway } from '../serving/serve-gateway.ts';
import { stoppable } from '../stopping.ts';
import { withListenOptions, type ListenOptions } from '../options/listen-options.ts';

/** `ballast demo [DIR]`: a gateway, three nodes and a cluster, from nothing, served. */
export function addDemoVerb(program: Command): void {
  withListenOptions(
    program
      .command('demo')
      .description('make a demo cluster (or take up the one that is there) and serve it')
      .argument('[DIR]', 'where the demo is kept', 'ballast-demo'),
    { bind: '127.0.0.1' },
  ).action(async (directory: string, options: ListenOptions) => {
    await runDemo(resolve(directory), options);
  });
}

async function runDemo(directory: string, options: ListenOptions): Promise<void> {
  await thisMachine.places.version();
  const found = await findDemo(directory);
  await assertPortIsFree(options);
  if (found === 'free') await stoppable((signal) => makeDemo(directory, signal));
  await serveGateway({
    open: async (warn, notePush) => {
      const place = resolve(directory, demoNames.gatewayDirectory);
      const gateway = await Gateway.open(place, { warn, notePush });
      return new SingleRepository(gateway, demoNames.repository);
    },
    places: [{ kind: 'port', ...options }],
    access: { wideopen: true },
    ready: ([url = '']) => {
      console.log(greeting({ directory, found, url }));
    },
  });
}

function greeting(demo: { directory: string; found: 'there' | 'free'; url: string }): string {
  const place = relative(process.cwd(), demo.directory) || '.';
  const { repository, cluster, nodes, groupwanted, maxsizeBytes } = demoNames;
  const clone = `git clone ${demo.url}/${repository} && cd ${repository}`;
  return [
    `ballast ${demo.found === 'free' ? 'made' : 'took up'} the demo in ${place} and serves it at ${demo.url}/${repository}`,
    `  a gateway, ${demoNames.gatewayDirectory}, and ${nodes.length} nodes, ${nodes.map(nodeDirectory).join(' ')}, of ${maxsizeBytes / 10n ** 9n} GB each`,
    `  cluster "${cluster}": ${groupwanted} puts each file on two of them`,
    'Next, in another terminal (it needs git-annex):',
    `  ${clone}`,
    '  git config annex.security.allowed-ip-addresses "127.0.0.1 ::1"',
    '  git annex init laptop',
    '  cp SOME-FILE . && git annex add . && git commit -m "add a file"',
    `  git annex copy --to origin-${cluster}`,
    '  git annex whereis',
    'Ctrl-C ends it; the next start takes it up again.',
  ].join('\n');
}
