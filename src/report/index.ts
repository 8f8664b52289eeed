/**
 * What is told of a simulated run when it is over: a recorder that listens while it runs, a summary in numbers,
 * and drawings of it as a page or as pictures. Simulations know nothing of it; they tell their listeners
 * what happens, whoever these are. Pure, as simulations are: what it gives are texts.
 */
export { htmlReport } from './page/html-report.ts';
export { svgReport } from './pictures/svg-report.ts';
export {
  momentsMaxDefault,
  SimulationRecorder,
  type RecorderOptions,
} from './recorder/recorder.ts';
export {
  type RecordedBreaks,
  type RecordedHappening,
  type RecordedMoment,
  type RecordedMove,
  type RecordedRepository,
  type RecordedTime,
  type RecordedTraffic,
  type SimulationRecording,
} from './recording.ts';
export {
  formatSummary,
  summarize,
  summaryJson,
  type Imbalance,
  type RepositorySummary,
  type SimulationSummary,
} from './summary/summary.ts';
