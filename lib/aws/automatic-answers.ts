// The automatic answers of each thread, as items of the Messages table that last for a day.
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import type { AnswerGovernor } from '../core/automatic-answers.ts';
import { type AutomaticAnswers, admit, stoppedUntil } from '../core/automatic-answers.ts';
import { MailError } from '../core/errors.ts';
import type { MailboxId } from '../core/mailbox.ts';
import { MessageKeySchema, sha256 } from '../core/message-key.ts';
import { parse } from '../core/parse.ts';
import { type Clock, toEpochMs } from '../core/time.ts';
import { isConditionFailure } from './conditions.ts';

const ItemSchema = v.object({
  version: v.number(),
  answers: v.array(v.object({ key: MessageKeySchema, at: v.pipe(v.number(), v.transform(toEpochMs)) })),
});

interface Item {
  readonly version: number;
  readonly answers: AutomaticAnswers;
}

const KEPT_SECONDS = 86_400;
/** Two workers on one thread meet rarely. */
const TRIES = 5;

export interface AnswerGovernorOptions {
  readonly db: DynamoDBDocumentClient;
  readonly table: string;
  readonly now: Clock;
}

export function createAnswerGovernor({ db, table, now }: AnswerGovernorOptions): AnswerGovernor {
  const read = async (key: string): Promise<Item> => {
    const { Item: item } = await db.send(new GetCommand({ TableName: table, Key: { key }, ConsistentRead: true }));
    if (item === undefined) return { version: 0, answers: [] };
    return parse(ItemSchema, item, 'RECORD_MALFORMED', 'automatic answers in the Messages table');
  };
  return {
    async admit(mailbox, thread, message) {
      const key = keyOf(mailbox, thread);
      for (let tried = 0; tried < TRIES; tried += 1) {
        const { version, answers } = await read(key);
        const verdict = admit(answers, message, now());
        if (verdict.kind === 'stopped') return verdict.until;
        if (verdict.answers.length === answers.length && answers.some((answer) => answer.key === message))
          return undefined;
        const expiresAt = Math.ceil(now() / 1_000) + KEPT_SECONDS;
        const item = { key, version: version + 1, answers: verdict.answers, expiresAt };
        if (await putIfUnchanged(db, table, item, version)) return undefined;
      }
      throw new MailError('MAILBOX_BUSY', 'many automatic answers go to one thread at once: try again later');
    },
    async stoppedUntil(mailbox, thread) {
      return stoppedUntil((await read(keyOf(mailbox, thread))).answers, now());
    },
  };
}

function keyOf(mailbox: MailboxId, thread: string): string {
  return `automatic#${sha256(`${mailbox}\n${thread}`)}`;
}

async function putIfUnchanged(
  db: DynamoDBDocumentClient,
  table: string,
  item: Item & { readonly key: string; readonly expiresAt: number },
  version: number,
): Promise<boolean> {
  const condition = version === 0 ? 'attribute_not_exists(version)' : 'version = :version';
  const values = version === 0 ? {} : { ExpressionAttributeValues: { ':version': version } };
  try {
    await db.send(new PutCommand({ TableName: table, Item: item, ConditionExpression: condition, ...values }));
    return true;
  } catch (error) {
    if (isConditionFailure(error)) return false;
    throw error;
  }
}
