// Writing the `ID#profile` items of the Mailboxes table: who does so connects a mailbox, or disconnects it.
import { DeleteCommand, type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { MailboxId, MailboxProfile } from '../core/mailbox.ts';

export async function writeProfile(db: DynamoDBDocumentClient, table: string, profile: MailboxProfile): Promise<void> {
  const Item = { key: `${profile.id}#profile`, registry: 'profile', ...profile };
  await db.send(new PutCommand({ TableName: table, Item }));
}

/**
 * From then on nobody sends from the mailbox, reads it or refreshes its token.
 * @returns whether it was there
 */
export async function removeProfile(db: DynamoDBDocumentClient, table: string, mailbox: MailboxId): Promise<boolean> {
  const Key = { key: `${mailbox}#profile` };
  const { Attributes } = await db.send(new DeleteCommand({ TableName: table, Key, ReturnValues: 'ALL_OLD' }));
  return Attributes !== undefined;
}
