// All that the desk shows at one moment.
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { LocalAws } from '../aws/aws.ts';
import type { GoogleAccount, LocalGoogle } from '../google/google.ts';
import type { CustomerView, DeskState } from './desk-state.ts';
import { summarise } from './mail-view.ts';
import { readMailboxes } from './mailboxes.ts';
import type { MessageStories } from './message-stories.ts';
import type { QueueLog } from './queue-log.ts';
import type { Troubles } from './troubles.ts';

export interface DeskGround {
  readonly db: DynamoDBDocumentClient;
  readonly outputs: LocalAws['outputs'];
  readonly google: LocalGoogle;
  readonly stories: MessageStories;
  readonly queues: QueueLog;
  readonly troubles: Troubles;
}

const MOST_MAILS = 50;

export async function describeDesk(ground: DeskGround): Promise<DeskState> {
  const { db, outputs, google, stories, queues, troubles } = ground;
  const { known, malformed } = await readMailboxes(db, outputs.MailboxesTable ?? '');
  const own = new Set(known.map(({ address }) => domainOf(address)));
  const customers = google.accounts().filter(({ address }) => !own.has(domainOf(address)));
  return {
    customers: await Promise.all(customers.map(describeCustomer)),
    messages: stories.messages,
    queues: queues.queues,
    mailboxes: known.map((mailbox) => ({ ...mailbox, troubles: troubles.of(mailbox.address) })),
    malformed,
  };
}

async function describeCustomer(account: GoogleAccount): Promise<CustomerView> {
  const mails = [...new Set([...account.messages('INBOX'), ...account.messages('\\Sent')])];
  const newest = mails.sort((one, other) => other.internalDate - one.internalDate).slice(0, MOST_MAILS);
  return { address: account.address, mails: await Promise.all(newest.map(summarise)) };
}

/** Who has an address of a mailbox's domain is a colleague, not a customer. */
function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase();
}
