/**
 * One sick node of three: what checkpresent, GET and put take at the healthy nodes and at the
 * cluster, for one build or for two side by side.
 *
 *     node bench/sick-node.ts [--before CHECKOUT] [--after CHECKOUT] [--states 'frozen;gone']
 *                             [--seconds 20] [--clients 8] [--limit SECONDS] [--place DIR]
 *
 * A checkout is built (dist/ballast.js). Needs root for the disk that is made sick, gcc for slow
 * syncs, git-annex. Prints markdown; each cell is p50 / p99 / worst (requests).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { serve } from '../test/long/world/served.ts';
import { cpuSecondsOf, forgetPeak, peakMiBOf } from './p2p/usage.ts';
import { buildsOf, type Build } from './sick-node/builds.ts';
import { copyOf, endWorld, makeTemplate, type Template } from './sick-node/cluster.ts';
import { states, type State } from './sick-node/states.ts';
import { head, lines, type Row } from './sick-node/table.ts';
import { traffic } from './sick-node/traffic.ts';

const { values } = parseArgs({
  options: {
    before: { type: 'string' },
    after: { type: 'string' },
    states: { type: 'string', default: states.map(({ name }) => name).join(';') },
    seconds: { type: 'string', default: '20' },
    clients: { type: 'string', default: '8' },
    limit: { type: 'string', default: '120' },
    place: { type: 'string', default: tmpdir() },
  },
});
const builds = buildsOf(values);
const wanted = values.states.split(';');
const place = mkdtempSync(join(values.place, 'ballast-sick-'));
process.on('exit', () => rmSync(place, { recursive: true, force: true }));
// By process.exit(), so that servers end and disks are thawed.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => process.exit(130));
}

const template = await makeTemplate(place, builds[0].program);
console.log(head());
for (const state of states.filter(({ name }) => wanted.includes(name))) {
  for (const build of builds) console.log(lines(await measure(state, build, template)));
}

async function measure(state: State, build: Build, template: Template): Promise<Row> {
  const world = copyOf(template, join(place, 'world'));
  const sickness = await state.prepare(world, build.program);
  const { environment = {} } = sickness;
  const server = await serve(world.gateway, { program: build.program, environment });
  const options = { port: server.port, template, limitMs: Number(values.limit) * 1000 };
  const { seconds, clients } = { seconds: Number(values.seconds), clients: Number(values.clients) };
  try {
    await traffic({ ...options, seconds: 5, clients }); // a server runs for months
    forgetPeak(server.pid);
    const before = cpuSecondsOf(server.pid);
    sickness.begin();
    const cells = await traffic({ ...options, seconds, clients });
    const cpuSeconds = cpuSecondsOf(server.pid) - before;
    const peakMiB = peakMiBOf(server.pid);
    const load = loadavg()[0]?.toFixed(1) ?? '';
    return { state: state.name, build: build.name, cells, cpuSeconds, peakMiB, load };
  } finally {
    sickness.end();
    await server.stop();
    await sickness.close?.();
    endWorld(world);
  }
}
