// The registry of mailboxes: the `ID#profile` items of the Mailboxes table.
import { type DynamoDBDocumentClient, GetCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { MailError } from '../core/errors.ts';
import { type MailboxId, type MailboxProfile, parseMailboxProfile } from '../core/mailbox.ts';
import type { Registry } from '../core/ports.ts';

export function createRegistry(db: DynamoDBDocumentClient, table: string): Registry {
  return {
    async list() {
      const profiles: MailboxProfile[] = [];
      const malformed: { mailbox: string; error: MailError }[] = [];
      const query = {
        TableName: table,
        IndexName: 'profiles',
        KeyConditionExpression: 'registry = :registry',
        ExpressionAttributeValues: { ':registry': 'profile' },
      };
      for await (const page of paginateQuery({ client: db }, query)) {
        for (const item of page.Items ?? []) {
          try {
            profiles.push(parseMailboxProfile(item));
          } catch (error) {
            if (!(error instanceof MailError)) throw error;
            malformed.push({ mailbox: String(item.key).replace('#profile', ''), error });
          }
        }
      }
      return { profiles, malformed };
    },

    async find(mailbox) {
      const { Item } = await db.send(new GetCommand({ TableName: table, Key: { key: `${mailbox}#profile` } }));
      if (Item === undefined) throw unknownMailbox(mailbox);
      return parseMailboxProfile(Item);
    },
  };
}

function unknownMailbox(mailbox: MailboxId): MailError {
  return new MailError('MAILBOX_UNKNOWN', `mailbox: "${mailbox}" is not connected: connect it, or name one that is`, {
    details: { field: 'mailbox', mailbox },
  });
}
