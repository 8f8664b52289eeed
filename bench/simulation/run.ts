/** One simulation in a process of its own; prints what it took as a line of JSON. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import {
  gitAnnexDialect,
  gitAnnexOddities,
  noOddities,
  parseSimulation,
  schedulerNames,
  Simulation,
} from '../../src/simulation/index.ts';
import type { Measured } from './measured.ts';

const { values, positionals } = parseArgs({
  options: {
    compat: { type: 'boolean', default: false },
    scheduler: { type: 'string', default: 'git-annex' },
    /** Runs before the one that counts. */
    warm: { type: 'string', default: '0' },
  },
  allowPositionals: true,
});
const scheduler = schedulerNames.find((name) => name === values.scheduler);
const emptyBytes = process.memoryUsage.rss();
const text = readFileSync(positionals[0] ?? 0, 'utf8');

for (let warm = Number(values.warm); warm > 0; warm -= 1) measure();
console.log(JSON.stringify(measure()));

function measure(): Measured {
  const beforeMs = process.cpuUsage().user / 1000;
  const parsed = parseSimulation(text);
  if (parsed.kind === 'problem') throw new Error(parsed.problem.message);
  const parsedMs = process.cpuUsage().user / 1000;
  const simulation = new Simulation({
    seed: 1n,
    oddities: values.compat ? gitAnnexOddities : noOddities,
    ...(values.compat ? { dialect: gitAnnexDialect } : {}),
    ...(scheduler === undefined ? {} : { scheduler }),
  });
  const turns = simulation.run(parsed.lines);
  let turn = turns.next();
  while (turn.done !== true) turn = turns.next();
  const doneMs = process.cpuUsage().user / 1000;
  const residentBytes = process.resourceUsage().maxRSS * 1024;
  return {
    parseMs: parsedMs - beforeMs,
    runMs: doneMs - parsedMs,
    changes: simulation.logLength - parsed.lines.length,
    residentBytes,
    grownBytes: residentBytes - emptyBytes,
    cells: simulation.world.fileCount * simulation.world.repositories.length,
    last: simulation.messages.at(-1) ?? '',
  };
}
