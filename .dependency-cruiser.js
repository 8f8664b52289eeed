// The floors of the house, lowest first; a room imports from its own floor only where drawn in
// `neighbours`, and otherwise only from floors below. ARCHITECTURE.md says what each room is for.
const floors = [
  ['key', 'units', 'shapes', 'stream', 'clock', 'waiting'],
  ['expression'],
  ['placement', 'protocol'],
  ['simulation', 'proof', 'repository'],
  ['report', 'nodes', 'annex'],
  ['gateway'],
  ['cli', 'repl', 'explorer'],
];
/** Rooms of one floor that may be imported by a neighbour: room -> the rooms it may use. */
const neighbours = {
  key: ['units', 'stream'],
  shapes: ['units'],
  stream: ['units'],
  waiting: ['units', 'clock'],
};
const pure = [
  'clock',
  'key',
  'units',
  'shapes',
  'stream',
  'expression',
  'placement',
  'protocol',
  'simulation',
  'report',
  'proof',
];

/** The doors of the library that run in a browser, files of src/ itself. */
const pureDoors = ['index', 'key', 'expression', 'placement', 'simulation', 'protocol'];

/** A second door, where processes that are started for each client have no use for all behind the first. */
const secondDoors = { gateway: 'line/index', repository: 'clock/machine-clock' };

const rooms = floors.flat();
const below = (room) => {
  const floor = floors.findIndex((rooms) => rooms.includes(room));
  return [room, ...floors.slice(0, floor).flat(), ...(neighbours[room] ?? [])];
};

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...rooms.map((room) => ({
      name: `floor-of-${room}`,
      comment: `${room}/ may import only from floors below its own`,
      severity: 'error',
      from: { path: `^src/${room}/` },
      to: { path: '^src/', pathNot: `^src/(${below(room).join('|')})/` },
    })),
    ...rooms.map((room) => ({
      name: `door-of-${room}`,
      comment: `${room}/ is entered by its doors only`,
      severity: 'error',
      from: { path: '^src/', pathNot: `^src/${room}/` },
      to: {
        path: `^src/${room}/`,
        pathNot: `^src/${room}/(index|${secondDoors[room] ?? 'index'})\\.ts$`,
      },
    })),
    {
      name: 'pure',
      comment: 'floors 1 to 4, except repository/, and report/ run in a browser',
      severity: 'error',
      from: { path: `^src/(${pure.join('|')})/` },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'no-waiting',
      comment: 'what only computes has no timers, and waits for nobody',
      severity: 'error',
      from: { path: `^src/((${pure.join('|')})/|(${pureDoors.join('|')})\\.ts$)` },
      to: { path: '^src/waiting/' },
    },
    {
      name: 'library-is-pure',
      comment:
        'what `import "ballast"` and all subpaths but `ballast/client` give runs in a browser',
      severity: 'error',
      from: { path: `^src/(${pureDoors.join('|')})\\.ts$` },
      to: { path: '^src/', pathNot: `^src/((${pure.join('|')})/|(${pureDoors.join('|')})\\.ts$)` },
    },
    {
      name: 'no-cycles',
      comment: 'a cycle is two rooms, or two files, that are one',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'only-what-ships',
      comment: 'src/ uses no devDependency',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types'] },
  },
};
