// Counts what AWS would bill, at proxies between the functions of the local stack and its services. Queues are not
// among them: their URLs lead past a proxy, and who receives from them is no function.
import { type AttributeValue, DescribeTableCommand, DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { LocalAws } from '../../local/aws/aws.ts';
import { type CallsProxy, startCallsProxy } from '../functions/calls-proxy.ts';
import { type Index, type Item, readUnits, writeUnits } from './capacity.ts';

/** Of one act. */
export interface Usage {
  readonly writeUnits: number;
  readonly readUnits: number;
  readonly secretCalls: number;
  readonly objectPuts: number;
  readonly objectGets: number;
  /** Of functions by functions. */
  readonly invocations: number;
}

type Counts = { -readonly [name in keyof Usage]: number };

const SERVICES = {
  dynamodb: 'AWS_ENDPOINT_URL_DYNAMODB',
  secretsmanager: 'AWS_ENDPOINT_URL_SECRETS_MANAGER',
  s3: 'AWS_ENDPOINT_URL_S3',
  lambda: 'AWS_ENDPOINT_URL_LAMBDA',
} as const;
type Service = keyof typeof SERVICES;

export class Meter {
  readonly #proxies: Readonly<Record<Service, CallsProxy>>;
  #counts: Counts = nothing();

  private constructor(proxies: Readonly<Record<Service, CallsProxy>>) {
    this.#proxies = proxies;
  }

  static async start(): Promise<Meter> {
    const [dynamodb, secretsmanager, s3, lambda] = await Promise.all([
      startCallsProxy(),
      startCallsProxy(),
      startCallsProxy(),
      startCallsProxy(),
    ]);
    return new Meter({ dynamodb, secretsmanager, s3, lambda });
  }

  /** For the functions of a stack that is about to start. */
  get environment(): Record<string, string> {
    return Object.fromEntries(entriesOf(SERVICES).map(([service, name]) => [name, this.#proxies[service].url]));
  }

  /** From here on it counts. */
  watch(aws: LocalAws): void {
    for (const [service, proxy] of entriesOf(this.#proxies)) proxy.target = aws.endpoints[service];
    const { dynamodb, secretsmanager, s3, lambda } = this.#proxies;
    const add = (name: keyof Usage, count = 1): void => {
      this.#counts[name] += count;
    };
    meterTables(dynamodb, aws, add);
    secretsmanager.onAnswer = () => add('secretCalls');
    // Deleting is free.
    s3.onAnswer = (method) => {
      if (method === 'GET') add('objectGets');
      else if (method !== 'DELETE') add('objectPuts');
    };
    lambda.onAnswer = () => add('invocations');
  }

  async usageOf(act: () => Promise<unknown>): Promise<Usage> {
    this.#counts = nothing();
    await act();
    return { ...this.#counts };
  }

  async close(): Promise<void> {
    await Promise.all(Object.values(this.#proxies).map((proxy) => proxy.close()));
  }
}

export function nothing(): Counts {
  return {
    writeUnits: 0,
    readUnits: 0,
    secretCalls: 0,
    objectPuts: 0,
    objectGets: 0,
    invocations: 0,
  };
}

/** What a write changes is seen by reading its item before and after. */
function meterTables(proxy: CallsProxy, aws: LocalAws, add: (name: keyof Usage, count: number) => void): void {
  const { region, credentials, endpoints } = aws;
  const db = new DynamoDBClient({ region, credentials, endpoint: endpoints.dynamodb });
  const before = new Map<string, Item | undefined>();
  proxy.onCall = async (operation, body): Promise<'pass'> => {
    if (isWrite(operation)) before.set(body, await readItem(db, JSON.parse(body)));
    return 'pass';
  };
  proxy.onAnswer = async (operation, body, answer) => {
    const call = JSON.parse(body);
    if (isWrite(operation)) {
      const indexes = await indexesOf(db, call.TableName);
      add('writeUnits', writeUnits(before.get(body), await readItem(db, call), indexes));
      return;
    }
    const { Item, Items = Item === undefined ? [] : [Item] } = JSON.parse(answer);
    add('readUnits', readUnits(Items, call.ConsistentRead === true));
  };
}

function isWrite(operation: string): boolean {
  return ['PutItem', 'UpdateItem', 'DeleteItem'].includes(operation);
}

interface WriteCall {
  readonly TableName: string;
  readonly Key?: Record<string, AttributeValue>;
  readonly Item?: Record<string, AttributeValue>;
}

async function readItem(db: DynamoDBClient, { TableName, Key, Item }: WriteCall): Promise<Item | undefined> {
  const key = Key?.key ?? Item?.key;
  if (key === undefined) throw new Error(`a write to ${TableName} names no key`);
  const get = new GetItemCommand({ TableName, Key: { key }, ConsistentRead: true });
  return (await db.send(get)).Item;
}

async function indexesOf(db: DynamoDBClient, TableName: string): Promise<readonly Index[]> {
  const { Table } = await db.send(new DescribeTableCommand({ TableName }));
  return (Table?.GlobalSecondaryIndexes ?? []).map(({ KeySchema = [], Projection }) => ({
    keys: KeySchema.flatMap(({ AttributeName }) => AttributeName ?? []),
    projected: Projection?.ProjectionType === 'ALL' ? 'all' : (Projection?.NonKeyAttributes ?? []),
  }));
}

function entriesOf<K extends string, T>(record: Readonly<Record<K, T>>): [K, T][] {
  // Object.entries forgets the names of the keys.
  return Object.entries(record) as [K, T][];
}
