import {
  parseSimulation,
  Simulation,
  SimulationRecorder,
  type RecorderOptions,
  type SimulationEvent,
  type SimulationHappening,
  type SimulationOptions,
  type SimulationRecording,
} from '../../src/simulation/index.ts';

/** A run, recorded. */
export interface Watched {
  readonly recording: SimulationRecording;
  readonly simulation: Simulation;
  /** Those that were not taken back. */
  readonly events: readonly SimulationEvent[];
  readonly happenings: readonly SimulationHappening[];
}

/** Runs a text with a recorder at it. */
export function watch(
  text: string,
  options: Partial<SimulationOptions> & RecorderOptions = {},
): Watched {
  const recorder = new SimulationRecorder(options);
  const { onEvent, onHappening, onUndo } = recorder.listeners;
  const events: SimulationEvent[] = [];
  const happenings: SimulationHappening[] = [];
  const simulation = new Simulation({
    seed: 1n,
    ...options,
    onEvent: (event) => {
      events.push(event);
      onEvent(event);
    },
    onHappening: (happening) => {
      happenings.push(happening);
      onHappening(happening);
    },
    onUndo: () => {
      events.pop();
      onUndo();
    },
  });
  const parsed = parseSimulation(text, simulation.dialect);
  if (parsed.kind === 'problem') throw new Error(parsed.problem.message);
  const run = simulation.run(recorder.follow(simulation, parsed.lines));
  while (run.next().done !== true);
  return { recording: recorder.recording(), simulation, events, happenings };
}
