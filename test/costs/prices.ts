// What AWS asks, in USD, as of 2026-11, without free tiers: us-east-1, arm64, on demand. And what others ask for 1,000 mails.

const MILLION = 1_000_000;

export const PRICES = {
  gbSecond: 0.0000133334,
  invocation: 0.2 / MILLION,
  scheduledInvocation: 1 / MILLION,
  writeUnit: 0.625 / MILLION,
  readUnit: 0.125 / MILLION,
  secretCall: 0.05 / 10_000,
  secretMonth: 0.4,
  /** Of a FIFO queue. */
  queueRequest: 0.5 / MILLION,
  objectPut: 0.005 / 1_000,
  objectGet: 0.0004 / 1_000,
  alarmMonth: 0.1,
  metricMonth: 0.3,
  logGb: 0.5,
  /** To the internet. */
  sentGb: 0.09,
} as const;

export const OTHERS = { 'Amazon SES': 0.1, AotSend: 0.28, Resend: 0.35, Postmark: 1.33 } as const;
