// The slot of one connection: taken with the first message of a mailbox, counted with each, and given back with what
// became of them.
import { setTimeout } from 'node:timers/promises';
import type { EmailAddress } from '../../lib/core/address.ts';
import { dispositionOf, type ErrorCode } from '../../lib/core/errors.ts';
import type { MailboxId, MailboxProfile } from '../../lib/core/mailbox.ts';
import { type Count, limitsOf, usageOf } from '../../lib/core/quota.ts';
import type { Finished, SendingGate } from '../../lib/core/sending-ports.ts';
import type { Hold } from '../../lib/core/sending-state.ts';
import { after, type Clock, type Deadline, type EpochMs } from '../../lib/core/time.ts';

/** Longer than a function may run. */
const LEASE_MS = 75_000;
/** A slot is free again as soon as a mail was sent; who does not get one by then rests in the table. */
const WAIT_MS = 5_000;
const LOOK_AGAIN_MS = 200;
const REST_MS = 45_000;

export interface SlotPorts {
  readonly gate: SendingGate;
  readonly now: Clock;
  /** In [0, 1). */
  readonly random: () => number;
}

/** The process is frozen meanwhile, and whatever stands between it and Gmail forgets silent connections. */
const KEPT_MS = 30_000;

/** Whose messages go over a connection: one, of which the connection may be kept, or those of a batch. */
export type SlotUse = 'once' | 'kept' | 'batch';

export interface SlotOptions {
  readonly use: SlotUse;
  readonly deadline: Deadline;
  /** Of a connection that was kept. */
  readonly kept?: SlotLease | undefined;
  readonly createToken: () => string;
}

export interface SlotLease {
  readonly token: string;
  readonly until: EpochMs;
}

/** Why a message may not be sent now, and until when. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly until: EpochMs;
}

/** What became of a message. */
export interface MessageEnd {
  /** A trouble that is not the message's own holds the mailbox. */
  readonly code?: ErrorCode;
  readonly isAccepted: boolean;
  /** Whether Gmail may have counted it. */
  readonly isSent: boolean;
  /** Whether another message could follow on the connection. */
  readonly isOpen: boolean;
}

export class SendingSlot {
  readonly #token: string;
  readonly #ports: SlotPorts;
  readonly #options: SlotOptions;
  #taken: { readonly mailbox: MailboxId; count: Count } | undefined;
  #unsent: Count[] = [];
  #isAccepted = false;
  #kept: SlotLease | undefined;

  constructor(ports: SlotPorts, options: SlotOptions) {
    this.#token = options.kept?.token ?? options.createToken();
    this.#kept = options.kept;
    this.#ports = ports;
    this.#options = options;
  }

  /** Answers why not, or undefined where the message may be sent. */
  async take(profile: MailboxProfile, recipients: readonly EmailAddress[]): Promise<Refusal | undefined> {
    if (this.#taken !== undefined && this.#taken.mailbox !== profile.id) await this.giveBack();
    const { gate, now, random } = this.#ports;
    const giveUpAt = after(now(), Math.min(WAIT_MS, this.#options.deadline.remainingMs()));
    const limits = limitsOf(profile);
    const usage = usageOf(profile, recipients);
    while (true) {
      const at = now();
      const refused = await gate.reserve(profile.id, {
        slot: this.#token,
        until: after(at, LEASE_MS),
        usage,
        limits,
      });
      if (refused === undefined) {
        this.#taken = { mailbox: profile.id, count: { at, recipients: usage.recipients, external: usage.external } };
        this.#kept = undefined;
        return undefined;
      }
      if (refused.kind === 'held') return { code: refused.code, until: refused.until };
      if (now() >= giveUpAt) return { code: 'MAILBOX_BUSY', until: after(now(), REST_MS * (0.5 + random())) };
      await setTimeout(LOOK_AGAIN_MS * (0.5 + random()));
    }
  }

  /** @returns the hold that the mailbox is on from here, where the trouble was the mailbox's */
  async end({ code, isAccepted, isSent, isOpen }: MessageEnd): Promise<Hold | undefined> {
    if (this.#taken === undefined) return undefined;
    if (!isSent) this.#unsent.push(this.#taken.count);
    this.#isAccepted ||= isAccepted;
    const isTrouble = code !== undefined && dispositionOf(code) === 'wait-for-mailbox';
    if (isTrouble) return (await this.#finish({ trouble: { code, random: this.#ports.random() } }))?.hold;
    if (this.#options.use === 'batch') return undefined;
    if (this.#options.use === 'once' || !isOpen) {
      await this.#finish({});
      return undefined;
    }
    const lease = { token: this.#token, until: after(this.#ports.now(), KEPT_MS) };
    const finished = await this.#finish({ keptUntil: lease.until });
    this.#kept = finished?.isKept === true ? lease : undefined;
    return undefined;
  }

  /** For how long the connection may be kept; undefined where it may not. */
  get kept(): SlotLease | undefined {
    return this.#kept;
  }

  async giveBack(): Promise<void> {
    await this.#finish({});
  }

  async #finish(rest: {
    keptUntil?: EpochMs;
    trouble?: { code: ErrorCode; random: number };
  }): Promise<Finished | undefined> {
    if (this.#taken === undefined) return undefined;
    const { mailbox } = this.#taken;
    const end = { slot: this.#token, isAccepted: this.#isAccepted, unsent: this.#unsent, ...rest };
    this.#taken = undefined;
    this.#unsent = [];
    this.#isAccepted = false;
    return this.#ports.gate.finish(mailbox, end);
  }
}
