/**
 * A real git-annex client at a cluster with one sick node of three: which commands succeed, and
 * how long each takes, for one build or for two side by side.
 *
 *     node bench/node-away.ts [--before CHECKOUT] [--after CHECKOUT] [--states 'frozen;gone']
 *                             [--limit SECONDS] [--place DIR] [--said]
 *
 * Needs what bench/sick-node.ts needs. Prints markdown; with --said also the last words of the
 * commands that failed.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { serve } from '../test/long/world/served.ts';
import { buildsOf, type Build } from './sick-node/builds.ts';
import { copyOf, endWorld, makeTemplate, type Template } from './sick-node/cluster.ts';
import { commandNames, RealClient, type Ended } from './sick-node/real-client.ts';
import { states, type State } from './sick-node/states.ts';
import { line } from './sick-node/table.ts';

const { values } = parseArgs({
  options: {
    before: { type: 'string' },
    after: { type: 'string' },
    states: { type: 'string', default: states.map(({ name }) => name).join(';') },
    limit: { type: 'string', default: '120' },
    place: { type: 'string', default: tmpdir() },
    said: { type: 'boolean', default: false },
  },
});
const builds = buildsOf(values);
const wanted = values.states.split(';');
const place = mkdtempSync(join(values.place, 'ballast-away-'));
process.on('exit', () => rmSync(place, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => process.exit(130));
}

const template = await makeTemplate(place, builds[0].program);
console.log(line(['node1 is', 'build', ...commandNames]));
console.log(line(['---', '---', ...commandNames.map(() => '---')]));
for (const state of states.filter(({ name }) => wanted.includes(name))) {
  for (const build of builds) {
    const ended = await measure(state, build, template);
    console.log(line([state.name, build.name, ...ended.map(cell)]));
    for (const { name, said } of values.said ? ended : []) {
      if (said !== '') console.log(`\n${name}:\n${said}\n`);
    }
  }
}

async function measure(state: State, build: Build, template: Template): Promise<Ended[]> {
  const world = copyOf(template, join(place, 'world'));
  const sickness = await state.prepare(world, build.program);
  const { environment = {} } = sickness;
  const server = await serve(world.gateway, { program: build.program, environment });
  try {
    const directory = join(world.directory, 'client');
    const client = RealClient.clone(server.url, directory, Number(values.limit) * 1000);
    sickness.begin();
    return await client.run();
  } finally {
    sickness.end();
    await server.stop();
    await sickness.close?.();
    endWorld(world);
  }
}

function cell({ how, seconds }: Ended): string {
  if (how === 'timeout') return `**over ${values.limit} s**`;
  return how === 'ok' ? `ok, ${seconds.toFixed(1)} s` : `**failed**, ${seconds.toFixed(1)} s`;
}
