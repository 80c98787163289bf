// The Messages table as someone goes through it who forgets a person: every record, page by page.
import { type DynamoDBDocumentClient, paginateScan, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { codeOf } from '../core/errors.ts';
import { namesPerson, withoutPerson } from '../core/forgetting.ts';
import { MessageKeySchema } from '../core/message-key.ts';
import { parse } from '../core/parse.ts';
import { applies } from './conditions.ts';
import { type MessageStory, parseStory, readStory } from './message-story.ts';

export interface Page {
  /** Those that name the person. */
  readonly found: readonly MessageStory[];
  readonly looked: number;
  /** Keys of records that cannot be read: what they hold nobody knows. */
  readonly malformed: readonly string[];
}

export async function* findPerson(
  client: DynamoDBDocumentClient,
  TableName: string,
  address: string,
): AsyncGenerator<Page> {
  for await (const { Items = [] } of paginateScan({ client }, { TableName, ConsistentRead: true })) {
    // Beside messages the table counts the automatic answers of threads, which name nobody.
    const messages = Items.filter(({ messageId }) => messageId !== undefined);
    const stories = messages.map((item) => readSafely(item));
    yield {
      found: stories.filter((story) => typeof story === 'object').filter((story) => namesPerson(story, address)),
      looked: messages.length,
      malformed: stories.filter((story) => typeof story === 'string'),
    };
  }
}

function readSafely(item: Record<string, unknown>): MessageStory | string {
  try {
    return parseStory(item);
  } catch (error) {
    if (codeOf(error) !== 'RECORD_MALFORMED') throw error;
    return String(item.key);
  }
}

/** A poll that notes a bounce at the same moment. */
const TRIES = 5;

/** Of a settled message only. @returns false where it is not settled, or where others keep changing it */
export async function forgetIn(
  db: DynamoDBDocumentClient,
  table: string,
  story: MessageStory,
  address: string,
): Promise<boolean> {
  const key = parse(MessageKeySchema, story.key, 'RECORD_MALFORMED', 'key of a message');
  for (let tried = 0; tried < TRIES; tried += 1) {
    const current = await readStory(db, table, key);
    if (current === undefined) return true;
    if (current.outcome === undefined) return false;
    if (!namesPerson(current, address)) return true;
    if (await applies(db, updateOf(table, current, address))) return true;
  }
  return false;
}

function updateOf(table: string, before: MessageStory, address: string): UpdateCommand {
  const { recipients, bounces, context, outcome } = withoutPerson(before, address);
  const hasBounces = before.bounces.length > 0;
  return new UpdateCommand({
    TableName: table,
    Key: { key: before.key },
    UpdateExpression: `SET recipients = :recipients, outcome = :outcome${hasBounces ? ', bounces = :bounces' : ''}${context === undefined ? ' REMOVE context' : ''}`,
    ConditionExpression: `size(recipients) = :most AND #state = :state AND (attribute_not_exists(bounces) OR size(bounces) = :count)`,
    ExpressionAttributeNames: { '#state': 'state' },
    ExpressionAttributeValues: {
      ':recipients': recipients,
      ':outcome': outcome,
      ':most': before.recipients.length,
      ':state': before.state,
      // None of none at all, and none of a list whose last was forgotten: that list stays, for bounce-marks.ts.
      ':count': before.bounces.length,
      ...(hasBounces && { ':bounces': bounces }),
    },
  });
}
