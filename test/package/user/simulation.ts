import {
  formatSimulationProblem,
  htmlReport,
  parseSimulation,
  Simulation,
  SimulationRecorder,
  summarize,
  type SimulationSummary,
} from 'ballast/simulation';

const text = `init laptop
initremote bucket
connect laptop -> bucket
wanted bucket anything
addmulti 10 .mp3 1MB 20MB laptop
stepstable 100
`;
const parsed = parseSimulation(text);
if (parsed.kind === 'problem') throw new Error(formatSimulationProblem(parsed.problem));
const recorder = new SimulationRecorder();
const simulation = new Simulation({ seed: 42n, ...recorder.listeners });
const run = simulation.run(recorder.follow(simulation, parsed.lines));
let turn = run.next();
while (turn.done !== true) turn = run.next();
const summary: SimulationSummary = summarize(recorder.recording());
const page = htmlReport(recorder.recording(), 'ten files');
if (turn.value.kind !== 'done' || summary.transfers !== 10 || !page.startsWith('<!doctype html>'))
  throw new Error(`ballast/simulation is not what it says: ${summary.transfers} transfers`);
