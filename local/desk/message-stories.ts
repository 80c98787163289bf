// What became of each message: its item in the Messages table is read after each call that wrote it, so that no state in
// between is missed. The table itself keeps the last state only.
import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import type { ApiCall } from '../aws/policy.ts';
import type { MessageView, StoryStep } from './desk-state.ts';

const MOST_KEPT = 200;

const NumberSchema = v.optional(v.number());
const TextSchema = v.optional(v.string());
const ItemSchema = v.object({
  mailbox: v.string(),
  idempotencyKey: v.string(),
  recipients: v.array(v.string()),
  messageId: v.string(),
  context: TextSchema,
  /** Gone when the message is settled. */
  requestJson: v.optional(v.pipe(v.string(), v.parseJson(), v.object({ subject: v.string() }))),
  state: v.string(),
  attempt: v.number(),
  code: TextSchema,
  dueAt: NumberSchema,
  outcome: v.optional(v.looseObject({ code: TextSchema, response: TextSchema, settledBy: TextSchema })),
  bounces: v.optional(v.array(v.unknown()), []),
});
type Item = v.InferOutput<typeof ItemSchema>;

export class MessageStories {
  readonly #db: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #known = new Map<string, MessageView>();

  constructor(db: DynamoDBDocumentClient, table: string) {
    this.#db = db;
    this.#table = table;
  }

  /** Newest first. */
  get messages(): readonly MessageView[] {
    return [...this.#known.values()].reverse();
  }

  /** @param call any that was done; @returns whether it told something new */
  async note({ action, resource, keys }: ApiCall): Promise<boolean> {
    const [key] = keys['dynamodb:LeadingKeys'] ?? [];
    const isWrite = action === 'dynamodb:PutItem' || action === 'dynamodb:UpdateItem';
    if (!isWrite || key === undefined || !resource.endsWith(`:table/${this.#table}`)) return false;
    const { Item } = await this.#db.send(
      new GetCommand({ TableName: this.#table, Key: { key }, ConsistentRead: true }),
    );
    const item = v.safeParse(ItemSchema, Item);
    return item.success && this.#add(key, item.output);
  }

  #add(key: string, item: Item): boolean {
    const { mailbox, idempotencyKey, recipients, messageId, context, requestJson } = item;
    const { story = [], subject = requestJson?.subject } = this.#known.get(key) ?? {};
    const step = stepOf(item, Date.now());
    if (isSame(story.at(-1), step)) return false;
    this.#known.set(key, {
      ...{ key, mailbox, idempotencyKey, recipients, messageId, story: [...story, step] },
      ...(subject !== undefined && { subject }),
      ...(context !== undefined && { context }),
    });
    for (const oldest of [...this.#known.keys()].slice(0, -MOST_KEPT)) this.#known.delete(oldest);
    return true;
  }
}

function stepOf({ state, attempt, code, dueAt, outcome, bounces }: Item, at: number): StoryStep {
  const why = outcome?.code ?? code;
  return {
    at,
    state,
    attempt,
    bounces: bounces.length,
    ...(why !== undefined && { code: why }),
    ...(dueAt !== undefined && { dueAt }),
    ...(outcome?.response !== undefined && { response: outcome.response }),
    ...(outcome?.settledBy !== undefined && { settledBy: outcome.settledBy }),
  };
}

/** A lease that was made longer is no news. */
function isSame(before: StoryStep | undefined, { at: _at, dueAt: _dueAt, ...step }: StoryStep): boolean {
  if (before === undefined) return false;
  const { at: _before, dueAt: _due, ...last } = before;
  return JSON.stringify(Object.entries(last).sort()) === JSON.stringify(Object.entries(step).sort());
}
