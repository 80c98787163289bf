// Tells whoever listens on the account's event bus that a mailbox needs a person.
import { once } from '../core/once.ts';
import type { MailboxEvents } from '../core/refresh-ports.ts';
import { NEWS_OPTIONS } from './clients.ts';

/** @param stack whose mailboxes these are: a bus may have the events of several */
export function createMailboxEvents(stack: string): MailboxEvents {
  // Hardly any run needs it, and it takes 30 ms to load.
  const load = once(async () => {
    const { EventBridgeClient, PutEventsCommand } = await import('@aws-sdk/client-eventbridge');
    return { PutEventsCommand, client: new EventBridgeClient(NEWS_OPTIONS) };
  });
  return {
    async announce({ command: ofAnyStack, ...trouble }, deadline) {
      const { PutEventsCommand, client } = await load();
      // Whoever reads it may have several stacks, and the command line then asks for which.
      const command = `npx mailroom ${ofAnyStack} --stack ${stack}`;
      const Detail = JSON.stringify({ version: 1, stack, ...trouble, command });
      const put = new PutEventsCommand({
        Entries: [{ Source: 'mailroom', DetailType: 'Mailbox needs a person', Detail }],
      });
      const { FailedEntryCount = 0, Entries = [] } = await client.send(put, { abortSignal: deadline.signal });
      // PutEvents answers 200 with the entries that it did not take.
      if (FailedEntryCount > 0) throw new Error(`the event bus did not take the event: ${Entries[0]?.ErrorCode}`);
    },
  };
}
