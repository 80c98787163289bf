/** The processor time that some work takes: on a busy machine it is the same, which the time that passes is not. */
export function processorMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
