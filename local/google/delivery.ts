// What happens to a mail once it is accepted: Gmail puts its header right, files the sender's copy in Sent, and gives
// every recipient a copy with the trace of the journey; addresses of other domains end in a list that tests can read.
import { randomBytes } from 'node:crypto';
import type { Account, Directory } from './accounts.ts';
import { editHeader, fieldValue, type HeaderField, headerFields } from './header-fields.ts';
import { addressesIn, isValidMessageId, parseAddresses } from './header-values.ts';
import type { Message, NewMessage, StoredMessage } from './message.ts';
import { arrivalTrace, submissionReceived, type Verdict } from './trace-headers.ts';

export interface SubmittedMail {
  account: Account;
  recipients: readonly string[];
  raw: Buffer;
  heloName: string;
  peer: string;
  id: string;
}

/** Mail to a domain that has no account here: it left for the outside. */
export interface RemoteMail {
  from: string;
  to: string;
  raw: Buffer;
  at: number;
}

export interface IncomingMail {
  labels?: Iterable<string>;
  flags?: Iterable<string>;
  envelopeFrom?: string;
  /** What Gmail's checks said; pass unless told. */
  authentication?: Verdict;
  internalDate?: number;
  /** Files the bytes as they are, without Gmail's trace fields (as APPEND or an import does). */
  asIs?: boolean;
}

export class Delivery {
  readonly remote: RemoteMail[] = [];
  sentCopyLagMs: number;
  /** How long after it was filed a search finds a copy in Sent. */
  searchIndexLagMs = 0;
  /** Whether an address of another domain is given an account when mail for it comes. */
  opensAccounts = false;
  readonly #directory: Directory;
  readonly #now: () => number;

  constructor(directory: Directory, now: () => number, sentCopyLagMs: number) {
    this.#directory = directory;
    this.#now = now;
    this.sentCopyLagMs = sentCopyLagMs;
  }

  submit(mail: SubmittedMail): void {
    const at = this.#now();
    const { account } = mail;
    account.counters.mailsAccepted += 1;
    const edited = asGmailSends(mail, at);
    const toItself = mail.recipients.some((recipient) => this.#directory.find(recipient) === account);
    const { searchIndexLagMs } = this;
    account.later(this.sentCopyLagMs, () => {
      const filedAt = this.#now();
      fileSentCopy(account, edited, { internalDate: filedAt, searchableAt: filedAt + searchIndexLagMs }, toItself);
    });
    const reached = new Set<Account>([account]);
    for (const recipient of mail.recipients) {
      const target = this.#directory.find(recipient) ?? this.#open(recipient);
      if (!target) this.remote.push({ from: account.address, to: recipient, raw: edited, at });
      else if (!reached.has(target)) {
        reached.add(target);
        this.receive(target, edited, { envelopeFrom: account.address }, recipient);
      }
    }
  }

  receive(account: Account, raw: Buffer, mail: IncomingMail, recipient = account.address): StoredMessage {
    const at = mail.internalDate ?? this.#now();
    const made: NewMessage = {
      raw: mail.asIs ? raw : withTrace(raw, mail, recipient, at),
      labels: mail.labels ?? ['\\Inbox'],
      internalDate: at,
      ...(mail.flags && { flags: mail.flags }),
    };
    return account.file(made);
  }

  #open(address: string): Account | undefined {
    return this.opensAccounts ? this.#directory.add({ address, isOpened: true }) : undefined;
  }
}

function withTrace(raw: Buffer, mail: IncomingMail, recipient: string, at: number): Buffer {
  const headerFrom = addressesIn(fieldValue(headerFields(raw), 'from') ?? '')[0] ?? 'unknown@invalid';
  const envelopeFrom = mail.envelopeFrom ?? headerFrom;
  const trace = arrivalTrace({
    recipient,
    envelopeFrom,
    headerFrom,
    at,
    id: randomBytes(8).toString('hex'),
    fromHost: 'mail-sor-f41.google.com',
    verdict: mail.authentication ?? 'pass',
  });
  return editHeader(raw, [], trace);
}

/** Gmail keeps one copy: a client that saved its own with the same Message-ID and Date is not given a second. */
function fileSentCopy(
  account: Account,
  raw: Buffer,
  times: { internalDate: number; searchableAt: number },
  toItself: boolean,
): void {
  const fields = headerFields(raw);
  const date = fieldValue(fields, 'date');
  const same = (message: Message) => message.labels.has('\\Sent') && message.date === date;
  if (account.store.withMessageId(fieldValue(fields, 'message-id') ?? '').some(same)) return;
  // Mail from a mailbox to itself is one message with both labels.
  const labels = toItself ? ['\\Sent', '\\Inbox'] : ['\\Sent'];
  account.file({ raw, labels, flags: toItself ? [] : ['\\Seen'], ...times });
}

function asGmailSends(mail: SubmittedMail, at: number): Buffer {
  const fields = headerFields(mail.raw);
  const edits = [
    ...fields.filter((field) => field.name === 'bcc').map((field) => ({ field, replacement: '' })),
    ...fixedFrom(fields, mail.account),
    ...fixedMessageId(fields, mail),
  ];
  const missing = [
    fieldValue(fields, 'from') === undefined ? `From: ${mail.account.address}\r\n` : '',
    fieldValue(fields, 'message-id') === undefined ? `Message-ID: ${newMessageId(mail.id)}\r\n` : '',
    fieldValue(fields, 'date') === undefined ? `Date: ${new Date(at).toUTCString().replace('GMT', '+0000')}\r\n` : '',
  ].join('');
  const received = submissionReceived({
    account: mail.account.address,
    heloName: mail.heloName,
    peer: mail.peer,
    id: mail.id,
    recipient: mail.recipients.length === 1 ? mail.recipients[0] : undefined,
    at,
  });
  return editHeader(mail.raw, edits, received + missing);
}

function fixedFrom(fields: HeaderField[], account: Account): { field: HeaderField; replacement: string }[] {
  const field = fields.find(({ name }) => name === 'from');
  if (!field) return [];
  const parsed = parseAddresses(field.value);
  const [only] = parsed;
  if (parsed.length === 1 && only && account.owns(only.address)) return [];
  const name = only?.name ? `"${only.name.replace(/["\\]/g, '\\$&')}" ` : '';
  const replacement = `From: ${name}<${account.address}>\r\nX-Google-Original-From: ${field.value}\r\n`;
  return [{ field, replacement }];
}

function fixedMessageId(
  fields: HeaderField[],
  { account, id }: SubmittedMail,
): { field: HeaderField; replacement: string }[] {
  const field = fields.find(({ name }) => name === 'message-id');
  if (!field || (account.keepsMessageIds && isValidMessageId(field.value))) return [];
  const replacement = `Message-ID: ${newMessageId(id)}\r\nX-Google-Original-Message-ID: ${field.value}\r\n`;
  return [{ field, replacement }];
}

function newMessageId(id: string): string {
  return `<${id.replace(/[^a-z0-9.]/gi, '')}@mx.google.com>`;
}
