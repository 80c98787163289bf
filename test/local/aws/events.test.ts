// The event bus of the local AWS: what is put on it is kept, and what EventBridge would not take is not.
import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EventBus, startEventBus } from '../../../local/aws/events.ts';

const ENTRY = { Source: 'shop', DetailType: 'Sold', Detail: '{"count":1}' };

describe('the local event bus', () => {
  let bus: EventBus;
  let client: EventBridgeClient;

  beforeAll(async () => {
    bus = await startEventBus();
    const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'test' };
    client = new EventBridgeClient({ region: 'us-east-1', endpoint: bus.url, credentials, maxAttempts: 1 });
  });

  afterAll(async () => {
    client?.destroy();
    await bus?.close();
  });

  const put = (...Entries: PutEventsRequestEntry[]) => client.send(new PutEventsCommand({ Entries }));

  it('keeps events in order', async () => {
    const { FailedEntryCount, Entries } = await put(ENTRY, { ...ENTRY, Detail: '{"count":2}' });
    expect([FailedEntryCount, Entries?.map(({ EventId }) => typeof EventId)]).toEqual([0, ['string', 'string']]);
    expect(bus.events().map(({ detail }) => detail)).toEqual([{ count: 1 }, { count: 2 }]);
    expect(bus.events()[0]).toMatchObject({ source: 'shop', detailType: 'Sold' });
  });

  it.each([
    ['no source', { ...ENTRY, Source: undefined }, 'InvalidArgument'],
    ['no detail type', { ...ENTRY, DetailType: '' }, 'InvalidArgument'],
    ['no detail', { ...ENTRY, Detail: undefined }, 'InvalidArgument'],
    ['a detail that is no JSON', { ...ENTRY, Detail: '{' }, 'MalformedDetail'],
    ['a detail that is no object', { ...ENTRY, Detail: '1' }, 'MalformedDetail'],
    ['a bus that is not there', { ...ENTRY, EventBusName: 'other' }, 'InvalidArgument'],
    ['the source of AWS', { ...ENTRY, Source: 'aws.sqs' }, 'NotAuthorizedForSourceException'],
  ])('takes the others beside an entry with %s', async (_what, odd, ErrorCode) => {
    const before = bus.events().length;
    const { FailedEntryCount, Entries = [] } = await put(odd, ENTRY);
    expect([FailedEntryCount, Entries[0]?.ErrorCode, Entries[1]?.ErrorCode]).toEqual([1, ErrorCode, undefined]);
    expect(bus.events()).toHaveLength(before + 1);
  });

  it('refuses too many, none, and what is too large', async () => {
    const large = { ...ENTRY, Detail: JSON.stringify({ text: 'x'.repeat(256 * 1024) }) };
    for (const entries of [[], Array.from({ length: 11 }, () => ENTRY), [large]]) {
      await expect(put(...entries)).rejects.toMatchObject({ name: 'ValidationException' });
    }
  });
});
