/** The signals that ask a program to end: Ctrl-C, the system, a terminal that is gone. */
export const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
