import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, type Ended } from '../program.ts';

/** A directory in which simulations are run. */
export class SimPlace {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  /** Writes a file of commands. */
  file(name: string, ...lines: readonly string[]): string {
    writeFileSync(join(this.directory, name), lines.map((line) => `${line}\n`).join(''));
    return name;
  }

  /** Runs `ballast sim` with these words. */
  sim(...words: readonly string[]): Promise<Ended> {
    return run(['sim', ...words], { directory: this.directory });
  }
}

/** Two repositories, of which one wants what the other has. */
export const settling = [
  'seed 1',
  'init a',
  'init b',
  'connect a <-> b',
  'wanted a anything',
  'add f 1mb b',
  'stepstable 10',
];

/** The log of {@link settling}. */
export const settledLog = [
  'seed 1',
  'init a',
  'init b',
  'connect a <-> b',
  'wanted a anything',
  'add f 1.0MB b',
  'stepstable 10',
  'present a f',
  'notpresent b f',
  '',
].join('\n');

/** One has what the other lacks, which lacks it for that: this goes on for ever. */
export const endless = [
  'seed 1',
  'init a',
  'init b',
  'init c',
  'connect a <-> b',
  'connect a <-> c',
  'connect b <-> c',
  'group a ga',
  'group b gb',
  'wanted a not copies=gb:1',
  'wanted b copies=ga:1',
  'wanted c anything',
  'addmulti 50 .x 1mb 5mb c',
  'stepstable 1000000000',
];
