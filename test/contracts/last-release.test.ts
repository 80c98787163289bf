// What the last release promised holds today: its examples are read, and its schemas were only added to.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CONTRACTS } from '../../contracts/contracts.ts';
import { EXAMPLES_FILE, lastRelease } from '../../contracts/releases.ts';
import { parseReply } from '../../lib/client/mailroom.ts';
import { parseSendRequest } from '../../lib/core/message.ts';
import { parseSendOutcome } from '../../lib/core/outcome.ts';
import { narrowings } from './narrowings.ts';
import { readSchema, refusalBySchema } from './validators.ts';

const RELEASE = lastRelease();
const { requests, outcomes, events } = readExamples();

describe('the examples of the last release', () => {
  it('show each kind of outcome and of event, and each field of a request', () => {
    expect(kindsOf(outcomes)).toEqual(new Set(variantsOf(readSchema('send-outcome', RELEASE))));
    const { kind } = propertiesOf(readSchema('reply-event', RELEASE));
    expect(kindsOf(events)).toEqual(new Set(Object(kind).enum));
    const used = new Set(Object.values(requests).flatMap((request) => Object.keys(Object(request))));
    expect(used).toEqual(new Set(Object.keys(propertiesOf(readSchema('send-request', RELEASE)))));
  });

  it.each(Object.entries(requests))('a request is taken: %s', (_name, request) => {
    expect(parseSendRequest(request)).toMatchObject({ version: 1 });
    expect(refusalBySchema('send-request', request)).toBeUndefined();
  });

  it.each(Object.entries(outcomes))('an outcome is read, whole: %s', (_name, outcome) => {
    expect(parseSendOutcome(outcome)).toEqual(outcome);
    expect(parseSendOutcome({ ...Object(outcome), later: 1 })).toEqual(outcome);
    expect(refusalBySchema('send-outcome', outcome)).toBeUndefined();
  });

  it.each(Object.entries(events))('an event is read, whole: %s', (_name, event) => {
    expect(parseReply({ body: JSON.stringify(event) })).toEqual(event);
    expect(refusalBySchema('reply-event', event)).toBeUndefined();
  });

  it.each(Object.entries(events))('an event can be answered by its handle: %s', (_name, event) => {
    const { mailbox, handle, thread } = Object(event);
    const answer = { version: 1, mailbox, idempotencyKey: 'a', to: 'ada@customer.example', subject: 'Re', text: 'Yes' };
    expect(parseSendRequest({ ...answer, inReplyTo: handle })).toMatchObject({ answerTo: { thread } });
  });
});

describe('the schemas', () => {
  it.each(CONTRACTS)('of $name take and give all that those of the last release did', ({ name }) => {
    const direction = name === 'send-request' ? 'written' : 'read';
    expect(narrowings(readSchema(name, RELEASE), readSchema(name), direction)).toEqual([]);
  });
});

function readExamples(): Record<'requests' | 'outcomes' | 'events', Record<string, unknown>> {
  return JSON.parse(readFileSync(join(RELEASE, EXAMPLES_FILE), 'utf8'));
}

function kindsOf(examples: Record<string, unknown>): Set<unknown> {
  return new Set(Object.values(examples).map((example) => Object(example).kind));
}

function propertiesOf(schema: object): Record<string, unknown> {
  return Object(schema).properties;
}

function variantsOf(schema: object): unknown[] {
  const options: object[] = Object(schema).oneOf;
  return options.map((option) => Object(propertiesOf(option).kind).const);
}
