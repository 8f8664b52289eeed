const acts = new Set<() => void>();
let isListening = false;

/**
 * Does something when this process exits. One listener serves all, as there may be hundreds of
 * programs that have to end with it.
 * @returns takes it back.
 */
export function atExit(act: () => void): () => void {
  if (!isListening) process.on('exit', () => acts.forEach((one) => one()));
  isListening = true;
  acts.add(act);
  return () => void acts.delete(act);
}
