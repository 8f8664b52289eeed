/** Set-up cannot go on; the message is one sentence of what is wrong and one of what to do. */
export class Trouble extends Error {
  /**
   * @param {string} message
   * @param {string} [detail] what a program said while failing, to be shown in full above the
   * message.
   */
  constructor(message, detail = '') {
    super(message);
    this.name = 'Trouble';
    this.detail = detail;
  }
}

/**
 * Runs a script's work and turns Trouble into words on standard error and exit status 1.
 * Anything else thrown is a bug and keeps its stack trace.
 * @param {string} title stands before the message.
 * @param {() => Promise<void>} work
 */
export async function orTrouble(title, work) {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    if (error.detail.trim() !== '') console.error(error.detail.trimEnd());
    console.error(`${title}: ${error.message}`);
    process.exitCode = 1;
  }
}
