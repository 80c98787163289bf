// The tables of docs/costs.md.
import { nothing, type Usage } from './meter.ts';
import { billedMs, priceInvocation, priceMonth, type ScheduledUsage } from './model.ts';
import { OTHERS, PRICES } from './prices.ts';
import { KB_SENT_BY_A_POLL, TIMINGS, type Timing } from './timings.ts';

/** Of the functions that send, poll, refresh and release (infra/). */
const MEMORY_MB = { send: 512, poll: 512, refresh: 256, release: 256 };
const MINUTES_A_MONTH = 30 * 24 * 60;
const REFRESHES_A_MONTH = MINUTES_A_MONTH / 30;
const SIZES = [1, 100, 500];
/** An idle queue mapping: five pollers that wait 20 seconds each. */
const IDLE_RECEIVES_A_MONTH = (5 * MINUTES_A_MONTH * 60) / 20;
interface SendRow {
  readonly what: string;
  readonly usage: Usage;
  readonly timing: Timing;
  /** Each of a queue: putting, receiving, deleting. */
  readonly queueRequests: number;
  readonly mails: number;
}

type SendUsage = Readonly<Record<'cold' | 'invoked' | 'ten' | 'reply', Usage>>;

export function priceSends({ cold, invoked, ten, reply }: SendUsage) {
  const row = (what: string, usage: Usage, timing: Timing, queueRequests = 0, mails = 1) =>
    priceRow({ what, usage, timing, queueRequests, mails });
  const ours = [
    row('invoked', invoked, TIMINGS.send),
    row('invoked, `keepConnections`', invoked, TIMINGS.keptSend),
    row('by the outbox, one at a time', invoked, TIMINGS.send, 3),
    // Ten puts, one receipt, one deletion.
    row('by the outbox, ten at a time', ten, TIMINGS.ten, 12, 10),
  ];
  const inNewProcesses = row('invoked, in a new process each', cold, TIMINGS.coldSend);
  const answered = row('a reply, put on the queue and received', reply, TIMINGS.poll, 3);
  const snippet = row('the usual snippet', nothing(), TIMINGS.snippet);
  const others = Object.entries(OTHERS).map(([name, price]) => `| ${name} | | | | | $${price.toFixed(2)} |`);
  const head = [
    '| 1,000 mails | billed ms | write units | secret reads | SQS requests | price of 1,000 |',
    '| --- | ---: | ---: | ---: | ---: | ---: |',
  ];
  const rows = [...ours, inNewProcesses, answered, snippet].map(({ text }) => text);
  return { ours, table: [...head, ...rows, ...others].join('\n') };
}

function priceRow({ what, usage, timing, queueRequests, mails }: SendRow) {
  const invocation = priceInvocation(usage, timing, MEMORY_MB.send);
  const price = ((invocation + queueRequests * PRICES.queueRequest) / mails) * 1_000;
  const cells = [
    what,
    (billedMs(timing, MEMORY_MB.send) / mails).toFixed(0),
    usage.writeUnits / mails,
    usage.secretCalls / mails,
    queueRequests / mails,
    `$${price.toFixed(4)}`,
  ];
  return { price, text: `| ${cells.join(' | ')} |` };
}

/** What the functions report and the alarms watch (infra/alarms.ts), beside the queues' own. */
const METRICS = 10;

export function tableOfMonths(usage: { one: ScheduledUsage; two: ScheduledUsage }, alarms: number): string {
  const schedule = (name: keyof ScheduledUsage, runsAMonth: number, sideBySide: number) => ({
    runsAMonth,
    sideBySide,
    memoryMb: MEMORY_MB[name],
    one: usage.one[name],
    two: usage.two[name],
    timing: TIMINGS[name],
  });
  const rows: readonly (readonly [string, (mailboxes: number) => number])[] = [
    ['polls, each minute', (mailboxes) => priceMonth(schedule('poll', MINUTES_A_MONTH, 50), mailboxes)],
    [
      'what polls send to Gmail',
      (mailboxes) => mailboxes * ((MINUTES_A_MONTH * KB_SENT_BY_A_POLL) / 1e6) * PRICES.sentGb,
    ],
    ['releases, each minute', (mailboxes) => priceMonth(schedule('release', MINUTES_A_MONTH, 10), mailboxes)],
    ['refreshes, each half hour', (mailboxes) => priceMonth(schedule('refresh', REFRESHES_A_MONTH, 20), mailboxes)],
    ['tokens read by a sender and a poller', (mailboxes) => mailboxes * 2 * REFRESHES_A_MONTH * PRICES.secretCall],
    ['secrets, two a mailbox', (mailboxes) => mailboxes * 2 * PRICES.secretMonth],
    ['the secret of the OAuth client', () => PRICES.secretMonth],
    ['the outbox, waiting', () => IDLE_RECEIVES_A_MONTH * PRICES.queueRequest],
    [`alarms (${alarms})`, () => alarms * PRICES.alarmMonth],
    [`metrics of its own (${METRICS})`, () => METRICS * PRICES.metricMonth],
  ];
  const line = (what: string, price: (mailboxes: number) => number): string =>
    `| ${[what, ...SIZES.map((mailboxes) => `$${price(mailboxes).toFixed(2)}`)].join(' | ')} |`;
  const total = (mailboxes: number): number => rows.reduce((sum, [, price]) => sum + price(mailboxes), 0);
  return [
    `| a month of | ${SIZES.map((size) => (size === 1 ? '1 mailbox' : `${size} mailboxes`)).join(' | ')} |`,
    '| --- | ---: | ---: | ---: |',
    ...rows.map(([what, price]) => line(what, price)),
    line('**all**', total),
    line('**all, of one mailbox**', (mailboxes) => total(mailboxes) / mailboxes),
  ].join('\n');
}

export function tableOfPrices(): string {
  const rows: readonly (readonly [string, number, number])[] = [
    ['Lambda, 1,000,000 GB-s', PRICES.gbSecond, 1e6],
    ['Lambda, 1,000,000 requests', PRICES.invocation, 1e6],
    ['EventBridge Scheduler, 1,000,000 invocations', PRICES.scheduledInvocation, 1e6],
    ['DynamoDB, 1,000,000 write units', PRICES.writeUnit, 1e6],
    ['DynamoDB, 1,000,000 read units', PRICES.readUnit, 1e6],
    ['SQS FIFO, 1,000,000 requests', PRICES.queueRequest, 1e6],
    ['Secrets Manager, 10,000 calls', PRICES.secretCall, 1e4],
    ['Secrets Manager, a secret for a month', PRICES.secretMonth, 1],
    ['S3, 1,000 PUT', PRICES.objectPut, 1e3],
    ['S3, 1,000 GET', PRICES.objectGet, 1e3],
    ['CloudWatch, an alarm for a month', PRICES.alarmMonth, 1],
    ['CloudWatch, a metric for a month', PRICES.metricMonth, 1],
    ['CloudWatch Logs, 1 GB', PRICES.logGb, 1],
    ['sent to the internet, 1 GB', PRICES.sentGb, 1],
  ];
  const lines = rows.map(([what, price, count]) => `| ${what} | $${Number((price * count).toFixed(4))} |`);
  return ['| | |', '| --- | ---: |', ...lines].join('\n');
}
