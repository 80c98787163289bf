/** What is kept back of Lambda's time: enough for a call to the tables with its retries. */
export const RESERVE_MS = 12_000;
