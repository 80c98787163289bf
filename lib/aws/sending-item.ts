// One `ID#sending` item as a process knows it: changed by the rules of core, and written only where nobody else has
// meanwhile. Changes that come while one is being written go into the next write together, so that the lanes of a batch do
// not contend with each other.
import { setTimeout } from 'node:timers/promises';
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import { type ErrorCode, isErrorCode, MailError } from '../core/errors.ts';
import type { MailboxId } from '../core/mailbox.ts';
import { parse } from '../core/parse.ts';
import { NOTHING_SENT, type SendingState } from '../core/sending-state.ts';
import { type Clock, toEpochMs } from '../core/time.ts';
import { isConditionFailure } from './conditions.ts';

export interface SendingGateOptions {
  readonly db: DynamoDBDocumentClient;
  readonly table: string;
  readonly now: Clock;
  readonly createNonce: () => string;
}

/** At most three slots and who waits for them meet here; each round one of them gets through. */
const TRIES = 40;
const PAUSE_MS = 30;

const EpochMsSchema = v.pipe(v.number(), v.safeInteger(), v.transform(toEpochMs));
const ItemSchema = v.object({
  version: v.number(),
  /** Of the write that made it. */
  nonce: v.string(),
  slots: v.array(v.object({ token: v.string(), until: EpochMsSchema, isKept: v.optional(v.boolean()) })),
  hours: v.array(
    v.object({ hour: v.number(), messages: v.number(), recipients: v.number(), external: v.optional(v.number(), 0) }),
  ),
  unique: v.optional(v.object({ since: v.number(), base: v.number(), marks: v.string() })),
  hold: v.optional(
    v.object({
      code: v.custom<ErrorCode>(isErrorCode),
      since: EpochMsSchema,
      until: EpochMsSchema,
      failures: v.number(),
    }),
  ),
  operatorHold: v.optional(
    v.object({ since: EpochMsSchema, until: v.optional(EpochMsSchema), reason: v.optional(v.string()) }),
  ),
});
type Item = SendingState & { readonly version: number; readonly nonce: string };

/** Without `next` nothing is written. */
interface Step<T> {
  readonly next?: SendingState;
  readonly answer: T;
}

interface Change {
  /** Applies the step to the state that is there, and keeps its answer. */
  apply(state: SendingState): SendingState | undefined;
  settle(): void;
  fail(error: unknown): void;
}

export class SendingItem {
  readonly #options: SendingGateOptions;
  readonly #mailbox: MailboxId;
  #known: Item | undefined;
  #pending: Change[] = [];
  #isAtWork = false;

  constructor(options: SendingGateOptions, mailbox: MailboxId) {
    this.#options = options;
    this.#mailbox = mailbox;
  }

  change<T>(step: (state: SendingState) => Step<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      let answer: T;
      this.#pending.push({
        apply(state) {
          const result = step(state);
          answer = result.answer;
          return result.next;
        },
        settle: () => resolve(answer),
        fail: reject,
      });
      if (!this.#isAtWork) void this.#work();
    });
  }

  async #work(): Promise<void> {
    this.#isAtWork = true;
    while (this.#pending.length > 0) {
      const changes = this.#pending.splice(0);
      try {
        await this.#commit(changes);
        for (const change of changes) change.settle();
      } catch (error) {
        for (const change of changes) change.fail(error);
      }
    }
    this.#isAtWork = false;
  }

  async #commit(changes: readonly Change[]): Promise<void> {
    let isFresh = false;
    for (let tried = 0; tried < TRIES; tried += 1) {
      const before = this.#known;
      const { next, isRefused } = applyAll(changes, stateOf(before));
      // What another process has given back meanwhile is not known here.
      if (!isFresh && isRefused) {
        this.#known = await readSendingItem(this.#options, this.#mailbox);
        isFresh = true;
        continue;
      }
      if (next === undefined) return;
      const after = { ...next, version: (before?.version ?? 0) + 1, nonce: this.#options.createNonce() };
      if (await write(this.#options, this.#mailbox, before, after)) {
        this.#known = after;
        return;
      }
      this.#known = await readSendingItem(this.#options, this.#mailbox);
      isFresh = true;
      // The SDK repeats a write whose answer was lost, and its condition then fails.
      if (this.#known?.nonce === after.nonce) return;
      await setTimeout(Math.random() * PAUSE_MS);
    }
    throw new MailError('LEASE_LOST', `mailbox ${this.#mailbox}: too many senders change what it may send`, {
      details: { mailbox: this.#mailbox },
    });
  }
}

function applyAll(changes: readonly Change[], before: SendingState) {
  let next: SendingState | undefined;
  let isRefused = false;
  for (const change of changes) {
    const changed = change.apply(next ?? before);
    if (changed === undefined) isRefused = true;
    else next = changed;
  }
  return { next, isRefused };
}

export function stateOf(item: Item | undefined): SendingState {
  if (item === undefined) return NOTHING_SENT;
  const { slots, hours, unique, hold, operatorHold } = item;
  return { slots, hours, ...(unique && { unique }), ...(hold && { hold }), ...(operatorHold && { operatorHold }) };
}

export async function readSendingItem(
  { db, table }: SendingGateOptions,
  mailbox: MailboxId,
): Promise<Item | undefined> {
  const get = new GetCommand({ TableName: table, Key: { key: keyOf(mailbox) }, ConsistentRead: true });
  const { Item } = await db.send(get);
  return Item === undefined ? undefined : parse(ItemSchema, Item, 'RECORD_MALFORMED', keyOf(mailbox));
}

async function write(
  { db, table }: SendingGateOptions,
  mailbox: MailboxId,
  before: Item | undefined,
  after: Item,
): Promise<boolean> {
  const condition =
    before === undefined
      ? { ConditionExpression: 'attribute_not_exists(version)' }
      : { ConditionExpression: 'version = :version', ExpressionAttributeValues: { ':version': before.version } };
  try {
    await db.send(new PutCommand({ TableName: table, Item: { key: keyOf(mailbox), ...after }, ...condition }));
    return true;
  } catch (error) {
    if (isConditionFailure(error)) return false;
    throw error;
  }
}

function keyOf(mailbox: MailboxId): string {
  return `${mailbox}#sending`;
}
