// A table of handled replies on a DynamoDB of its own, behind a proxy that can lose calls and their answers.
import { CreateTableCommand, DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { startTables } from '../../local/aws/tables.ts';
import { type CallsProxy, startCallsProxy } from '../functions/calls-proxy.ts';

export const TABLE = 'handled';

export interface HandledTable {
  readonly proxy: CallsProxy;
  item(id: string): Promise<Record<string, unknown> | undefined>;
  close(): Promise<void>;
}

/** From here on this process finds this DynamoDB, as a service finds AWS: by its environment. */
export async function startHandledTable(): Promise<HandledTable> {
  const tables = await startTables();
  const proxy = await startCallsProxy();
  proxy.target = tables.url;
  const before = { ...process.env };
  const access = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 's' };
  Object.assign(process.env, access, { AWS_ENDPOINT_URL_DYNAMODB: proxy.url });
  const db = new DynamoDBClient({ endpoint: tables.url });
  await createHandledTable(db);
  return {
    proxy,
    async item(id) {
      return (await db.send(new GetItemCommand({ TableName: TABLE, Key: { key: { S: id } } }))).Item;
    },
    async close() {
      process.env = before;
      db.destroy();
      await proxy.close();
      await tables.close();
    },
  };
}

/** As docs/consuming-replies.md describes it. */
export async function createHandledTable(db: DynamoDBClient): Promise<void> {
  await db.send(
    new CreateTableCommand({
      TableName: TABLE,
      KeySchema: [{ AttributeName: 'key', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'key', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
}
