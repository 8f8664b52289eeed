import { makeDemo } from '../../src/cli/demo/make-demo.ts';
import { copyTemplate, keepTemplate } from './templates.ts';

/** Makes a demo in a directory that does not exist. Each has the UUIDs of all others. */
export async function demoIn(directory: string): Promise<void> {
  if (copyTemplate('demo', directory)) return;
  await makeDemo(directory);
  keepTemplate('demo', directory);
}
