/** The first descriptor that a service manager hands over (sd_listen_fds(3)). */
const firstDescriptor = 3;

/** Sockets that are taken at most; more than a unit file has lines for. */
const descriptorsMax = 100;

/**
 * The listening sockets that systemd has opened for this process, by descriptor: LISTEN_FDS of
 * them, from 3 on, if LISTEN_PID is this process. The variables are taken out of the environment,
 * since they are not for programs that are started from here (sd_listen_fds(3)).
 */
export function takeInheritedSockets(
  env: Record<string, string | undefined>,
  pid: number,
): readonly number[] {
  const { LISTEN_PID: owner, LISTEN_FDS: text } = env;
  for (const name of ['LISTEN_PID', 'LISTEN_FDS', 'LISTEN_FDNAMES', 'LISTEN_PIDFDID']) {
    delete env[name];
  }
  if (owner !== String(pid) || text === undefined || !/^\d+$/.test(text)) return [];
  const count = Math.min(Number(text), descriptorsMax);
  return Array.from({ length: count }, (_, index) => firstDescriptor + index);
}
