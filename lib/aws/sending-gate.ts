// What senders and release-waiting do with the `ID#sending` items.
import type { MailboxId } from '../core/mailbox.ts';
import type { SendingHolds } from '../core/reading-ports.ts';
import type { Holds, SendingGate, SentElsewhere } from '../core/sending-ports.ts';
import { finish, heldBy, isKept, probeNow, reserve, sentElsewhere } from '../core/sending-state.ts';
import { readHealth } from './grant-health.ts';
import { readSendingItem, type SendingGateOptions, SendingItem, stateOf } from './sending-item.ts';

export function createSendingGate(options: SendingGateOptions): SendingGate {
  const { now } = options;
  const items = new Map<MailboxId, SendingItem>();
  const itemOf = (mailbox: MailboxId): SendingItem => {
    const item = items.get(mailbox) ?? new SendingItem(options, mailbox);
    items.set(mailbox, item);
    return item;
  };
  return {
    reserve: (mailbox, wish) =>
      itemOf(mailbox).change((state) => {
        const reservation = reserve(state, wish, now());
        return reservation.kind === 'reserved'
          ? { next: reservation.state, answer: undefined }
          : { answer: reservation };
      }),
    finish: (mailbox, end) =>
      itemOf(mailbox).change((state) => {
        const next = finish(state, end, now());
        return { next, answer: { hold: next.hold, isKept: isKept(next, end.slot) } };
      }),
  };
}

export function createSentElsewhere(options: SendingGateOptions): SentElsewhere {
  return {
    count: (mailbox, counts) =>
      new SendingItem(options, mailbox).change((state) => ({ next: sentElsewhere(state, counts), answer: undefined })),
  };
}

export function createHolds(options: SendingGateOptions): Holds {
  const { db, table, now } = options;
  return {
    find: async (mailbox) => stateOf(await readSendingItem(options, mailbox)),
    probe: (mailbox) =>
      new SendingItem(options, mailbox).change((state) => ({ next: probeNow(state, now()), answer: undefined })),
    refreshedAt: async (mailbox) => (await readHealth(db, table, mailbox)).refreshedAt,
  };
}

export function createSendingHolds(options: SendingGateOptions & { readonly random: () => number }): SendingHolds {
  const { now, random } = options;
  return {
    hold: (mailbox, code) =>
      new SendingItem(options, mailbox).change((state) => ({
        next: heldBy(state, { code, random: random() }, now()),
        answer: undefined,
      })),
  };
}
