// Whoever runs the last release can deploy this one over it: what it holds stays where it is, and what others rely on too.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lastRelease, TEMPLATE_FILE } from '../../contracts/releases.ts';
import { ASSEMBLY } from '../synthesise.ts';
import { holdsState, parseTemplate, type Template, upgradeProblems } from './upgrade.ts';

const released = read(join(lastRelease(), TEMPLATE_FILE));

describe('the upgrade from the last release', () => {
  it('loses nothing, and leaves outputs and parameters as they are', () => {
    expect(upgradeProblems(released, read(join(ASSEMBLY, 'Mailroom.template.json')))).toEqual([]);
  });

  it('is about three tables, a bucket and four queues', () => {
    const types = Object.values(released.Resources).filter(holdsState);
    expect(types.map(({ Type }) => Type).sort()).toEqual([
      ...Array(3).fill('AWS::DynamoDB::Table'),
      'AWS::S3::Bucket',
      ...Array(4).fill('AWS::SQS::Queue'),
    ]);
  });
});

const MESSAGES = idOf('MessagesTable');
const BUCKET = idOf('MailBucket');
const OUTBOX = idOf('OutboxUrl');
const SEND = idOf('SendMailFunction');

describe('an upgrade is refused', () => {
  it.each<[string, (template: Template) => unknown, string]>([
    [
      'where a table moves to another logical id',
      (t) => rename(t, MESSAGES),
      `${MESSAGES} holds state and is not there`,
    ],
    ['where a queue moves', (t) => rename(t, OUTBOX), `${OUTBOX} holds state and is not there`],
    ['where a bucket is gone', (t) => Reflect.deleteProperty(t.Resources, BUCKET), `${BUCKET} holds state and is not`],
    [
      'where a logical id is of another type now',
      (t) => Object.assign(at(t, BUCKET), { Type: 'AWS::S3Express::DirectoryBucket' }),
      `${BUCKET} holds state and is not there`,
    ],
    [
      'where a table is replaced for another key',
      (t) => set(t, MESSAGES, 'KeySchema', [{ AttributeName: 'id', KeyType: 'HASH' }]),
      `${MESSAGES}: WILL_REPLACE`,
    ],
    [
      'where a bucket is replaced for another name',
      (t) => set(t, BUCKET, 'BucketName', 'mail'),
      `${BUCKET}: WILL_REPLACE`,
    ],
    ['where a queue is replaced', (t) => set(t, OUTBOX, 'FifoQueue', false), `${OUTBOX}: WILL_REPLACE`],
    [
      'where a function that an output names is replaced',
      (t) => set(t, SEND, 'FunctionName', 'send'),
      `${SEND}: WILL_REPLACE`,
    ],
    [
      'where a table would go with the stack',
      (t) => Object.assign(at(t, MESSAGES), { DeletionPolicy: 'Delete' }),
      `${MESSAGES} holds state and is not retained`,
    ],
    [
      'where a queue would go with its replacement',
      (t) => Reflect.deleteProperty(at(t, OUTBOX), 'UpdateReplacePolicy'),
      `${OUTBOX} holds state and is not retained`,
    ],
    [
      'where an index projects more',
      (t) => projected(t).push('subject'),
      `${MESSAGES}: the index byMessageId is not as it was`,
    ],
    [
      'where an index has another key',
      (t) => Object.assign(indexes(t)[1] ?? {}, { KeySchema: [{ AttributeName: 'mailbox', KeyType: 'HASH' }] }),
      `${MESSAGES}: the index byDue is not as it was`,
    ],
    [
      'where an index has another name',
      (t) => Object.assign(indexes(t)[1] ?? {}, { IndexName: 'byTime' }),
      `${MESSAGES}: 2 indexes come or go`,
    ],
    ['where two indexes come', (t) => indexes(t).push(index('one'), index('two')), `${MESSAGES}: 2 indexes come or go`],
    [
      'where an attribute of a key is of another type',
      (t) => retype(t, 'dueAt'),
      `${MESSAGES}: the attribute dueAt is of another type`,
    ],
    [
      'where items expire otherwise',
      (t) => set(t, MESSAGES, 'TimeToLiveSpecification', { AttributeName: 'ttl', Enabled: true }),
      `${MESSAGES}: items expire by another attribute`,
    ],
    [
      'where an output is gone',
      (t) => Reflect.deleteProperty(t.Outputs, 'RepliesUrl'),
      'output RepliesUrl is not there',
    ],
    [
      'where an output names another queue',
      (t) => Object.assign(t.Outputs.RepliesUrl ?? {}, { Value: { Ref: OUTBOX } }),
      'output RepliesUrl names something else',
    ],
    [
      'where secrets have another name',
      (t) => Object.assign(t.Outputs.GrantsPrefix ?? {}, { Value: 'Mailroom/secrets' }),
      'output GrantsPrefix names something else',
    ],
    [
      'where a parameter is gone',
      (t) => Reflect.deleteProperty(t.Parameters, 'OnUnknown'),
      'parameter OnUnknown is not there',
    ],
    [
      'where a parameter is of another type',
      (t) => Object.assign(t.Parameters.SmtpPort ?? {}, { Type: 'String' }),
      'parameter SmtpPort is of another type',
    ],
    [
      'where a parameter takes fewer values',
      (t) => t.Parameters.OnUnknown?.AllowedValues?.pop(),
      'parameter OnUnknown does not take every value',
    ],
    [
      'where a parameter takes few values now',
      (t) => Object.assign(t.Parameters.SmtpHost ?? {}, { AllowedValues: ['smtp.gmail.com'] }),
      'parameter SmtpHost does not take every value',
    ],
    [
      'where a parameter has another bound',
      (t) => Object.assign(t.Parameters.ClaimLeaseSeconds ?? {}, { MinValue: 60 }),
      'parameter ClaimLeaseSeconds does not take every value',
    ],
    [
      'where a new parameter has no default',
      (t) => Object.assign(t.Parameters, { Region: { Type: 'String' } }),
      'parameter Region has no default',
    ],
    [
      'where a parameter has no default any more',
      (t) => Reflect.deleteProperty(t.Parameters.ImapHost ?? {}, 'Default'),
      'parameter ImapHost has no default',
    ],
  ])('%s', (_when, change, problem) => {
    expect(upgradeProblems(released, changed(change)).join('\n')).toContain(problem);
  });
});

describe('an upgrade may', () => {
  it.each<[string, (template: Template) => unknown]>([
    ['add an index', (t) => indexes(t).push(index('one'))],
    ['take an index away', (t) => indexes(t).pop()],
    ['name what an index projects in another order', (t) => projected(t).reverse()],
    ['add a table that is retained', (t) => Object.assign(t.Resources, { Another: structuredClone(at(t, MESSAGES)) })],
    ['add a parameter with a default', (t) => Object.assign(t.Parameters, { New: { Type: 'String', Default: 'x' } })],
    ['add an output', (t) => Object.assign(t.Outputs, { New: { Value: 'x' } })],
    ['give a queue more time', (t) => set(t, OUTBOX, 'VisibilityTimeout', 120)],
    ['change the code and the memory of a function', (t) => set(t, SEND, 'MemorySize', 1_024)],
  ])('%s', (_what, change) => {
    expect(upgradeProblems(released, changed(change))).toEqual([]);
  });
});

function read(file: string): Template {
  return parseTemplate(JSON.parse(readFileSync(file, 'utf8')));
}

function changed(change: (template: Template) => unknown): Template {
  const template = structuredClone(released);
  change(template);
  return template;
}

/** What the output of the last release names. */
function idOf(output: string): string {
  return String(Object(released.Outputs[output]?.Value).Ref);
}

function at(template: Template, id: string): Template['Resources'][string] {
  const resource = template.Resources[id];
  if (resource === undefined) throw new Error(`the release has no ${id}`);
  return resource;
}

function set(template: Template, id: string, property: string, value: unknown): void {
  at(template, id).Properties[property] = value;
}

/** Everywhere, as a construct with another id does it. */
function rename(template: Template, id: string): void {
  const renamed = JSON.parse(JSON.stringify(template).replaceAll(id, `${id}New`));
  Object.assign(template, renamed);
}

function indexes(template: Template): object[] {
  const found = at(template, MESSAGES).Properties.GlobalSecondaryIndexes;
  if (!Array.isArray(found)) throw new Error('the table has no indexes');
  return found;
}

function projected(template: Template): string[] {
  return Object(indexes(template)[0]).Projection.NonKeyAttributes;
}

function index(IndexName: string): object {
  return { ...indexes(released)[0], IndexName };
}

function retype(template: Template, name: string): void {
  const definitions: object[] = Object(at(template, MESSAGES).Properties.AttributeDefinitions);
  for (const definition of definitions) {
    if (Object(definition).AttributeName === name) Object.assign(definition, { AttributeType: 'S' });
  }
}
