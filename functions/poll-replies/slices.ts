// Above fifty mailboxes a run reads the first fifty itself and hands the others, fifty at a time, to runs of their own.
import * as v from 'valibot';
import { MailboxIdSchema } from '../../lib/core/mailbox.ts';
import { parse } from '../../lib/core/parse.ts';
import type { MailboxList } from '../../lib/core/ports.ts';

/** Read side by side within one function's memory (npm run bench). */
export const SLICE = 50;

/** What a schedule sends names no mailboxes: then all are meant. */
const PollEventSchema = v.object({ mailboxes: v.optional(v.array(MailboxIdSchema)) });

export interface Slices {
  /** To be read by this run. */
  readonly own: MailboxList;
  /** To be read by others: the ids of mailboxes. */
  readonly others: readonly (readonly string[])[];
}

/** @throws MailError EVENT_INVALID */
export function sliceMailboxes(event: unknown, { profiles, malformed }: MailboxList): Slices {
  const { mailboxes } = parse(PollEventSchema, event ?? {}, 'EVENT_INVALID', 'event of poll-replies');
  if (mailboxes !== undefined) {
    const named = new Set(mailboxes);
    return { own: { profiles: profiles.filter(({ id }) => named.has(id)), malformed: [] }, others: [] };
  }
  const others: string[][] = [];
  for (let from = SLICE; from < profiles.length; from += SLICE) {
    others.push(profiles.slice(from, from + SLICE).map(({ id }) => id));
  }
  return { own: { profiles: profiles.slice(0, SLICE), malformed }, others };
}
