// The deployment by the CDK's own command line, against an AWS that others wrote: what stands is what the template says,
// and a mail goes out and its answer comes back through deployed functions, mappings and schedules.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMailroom, type Mailroom, parseReply, type ReplyEvent } from '../../lib/client/mailroom.ts';
import { parseTemplate, type Template } from '../../local/aws/assembly.ts';
import { SUPPORT } from '../../local/mailroom.ts';
import { until } from '../functions/stack.ts';
import { ASSEMBLY } from '../synthesise.ts';
import { physicalIds } from './aws-call.ts';
import { CUSTOMER, type Deployed, deploy, environmentOf } from './deployed.ts';
import { missing } from './ministack.ts';
import { readResource } from './standing.ts';

/** What MiniStack does not do as the template says. A test sees that each is so: what it learns leaves this list. */
const DROPPED: Readonly<Record<string, string>> = {
  'AWS::DynamoDB::Table TimeToLiveSpecification':
    'its CloudFormation makes tables without their time to live; expired items are dropped by no test',
};

const why = await missing();
if (why !== undefined) console.warn(`skipped: ${why}`);

describe.skipIf(why !== undefined)('Mailroom deployed by the CDK', () => {
  let deployed: Deployed;
  let template: Template;
  let mailroom: Mailroom;
  let lambda: LambdaClient;
  let sqs: SQSClient;
  const before = { ...process.env };

  beforeAll(async () => {
    deployed = await deploy();
    template = parseTemplate(JSON.parse(await readFile(join(ASSEMBLY, 'Mailroom.template.json'), 'utf8')));
    Object.assign(process.env, environmentOf(deployed.aws));
    lambda = new LambdaClient({});
    sqs = new SQSClient({});
    mailroom = createMailroom({
      mailbox: SUPPORT.id,
      sendFunction: output('SendMailFunction'),
      outboxUrl: output('OutboxUrl'),
      bucket: output('MailBucket'),
      messagesTable: output('MessagesTable'),
    });
  });

  afterAll(async () => {
    lambda?.destroy();
    sqs?.destroy();
    process.env = before;
    await deployed?.stop();
  });

  const output = (name: string): string => {
    const value = deployed.first.outputs[name];
    if (value === undefined) throw new Error(`no output ${name}`);
    return value;
  };

  const invoke = async (name: string): Promise<unknown> => {
    const { Payload, FunctionError } = await lambda.send(
      new InvokeCommand({ FunctionName: output(name), Payload: '{}' }),
    );
    const answer = Payload?.transformToString() ?? '';
    if (FunctionError !== undefined) throw new Error(`${name}: ${answer}`);
    return JSON.parse(answer);
  };

  const reply = (messageId: string, text: string): void => {
    const headers = `From: ${CUSTOMER}\r\nTo: ${SUPPORT.address}\r\nMessage-ID: <${text}@customer.example>\r\n`;
    deployed.google
      .account(SUPPORT.address)
      .deliver(`${headers}In-Reply-To: ${messageId}\r\nSubject: Re\r\n\r\n${text}\r\n`);
  };

  const receive = async (): Promise<ReplyEvent | undefined> => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: output('RepliesUrl'), WaitTimeSeconds: 1 }),
    );
    return Messages.map(parseReply)[0];
  };

  it('has every resource of the template, with its properties', async () => {
    const ids = await physicalIds(deployed.aws, 'Mailroom');
    const differences = new Set<string>();
    for (const [logicalId, { Type, Properties = {} }] of Object.entries(template.Resources)) {
      const physicalId = ids.get(logicalId);
      expect(physicalId, logicalId).toBeDefined();
      const standing = await readResource(deployed.aws, Type, physicalId ?? '').catch((error) => ({
        [String(error)]: 1,
      }));
      for (const [property, value] of Object.entries(standing ?? {})) {
        if (!same(expected(Properties, property), value)) differences.add(`${Type} ${property}`);
      }
    }
    expect([...differences].sort()).toEqual(Object.keys(DROPPED).sort());
  });

  it('deploys again over itself, and nothing moves', async () => {
    const ids = await physicalIds(deployed.aws, 'Mailroom');
    const again = await deployed.deployAgain();
    expect(again.outputs).toEqual(deployed.first.outputs);
    expect(await physicalIds(deployed.aws, 'Mailroom')).toEqual(ids);
  });

  it('sends by invocation, and the answer comes back beside its context', async () => {
    await deployed.connect();
    expect(await invoke('RefreshTokensFunction')).toMatchObject({ failures: [] });
    expect(await invoke('PollRepliesFunction')).toMatchObject({ failures: [] });
    const sent = await mailroom.send({ to: CUSTOMER, subject: 'Hello', text: 'Hello Ada', context: { order: 7 } });
    expect(sent).toMatchObject({ kind: 'sent' });
    reply(sent.messageId, 'by-invocation');
    expect(await invoke('PollRepliesFunction')).toMatchObject({ routed: 1, failures: [] });
    const event = await until('the event', receive);
    expect(event).toMatchObject({
      text: 'by-invocation',
      answers: { messageId: sent.messageId, context: { order: 7 } },
    });
  });

  it('sends from the outbox by its mapping, and polls by its schedule', async () => {
    const { idempotencyKey } = await mailroom.enqueue({ to: CUSTOMER, subject: 'Hi', text: 'queued', context: 8 });
    const status = await until('the send', async () => {
      const found = await mailroom.status(idempotencyKey);
      return found?.state === 'sent' ? found : undefined;
    });
    reply(status.messageId, 'by-schedule');
    const event = await until('the event', receive, 130_000);
    expect(event).toMatchObject({ text: 'by-schedule', answers: { context: 8 } });
  });
});

function expected(properties: object, path: string): unknown {
  const value = path.split('.').reduce<unknown>((found, name) => Object(found)[name], properties);
  return path === 'Environment.Variables' ? Object.keys(Object(value)).sort() : value;
}

/** A property that the template leaves out has the default of its service. */
function same(inTemplate: unknown, standing: unknown): boolean {
  return inTemplate === undefined || JSON.stringify(sorted(inTemplate)) === JSON.stringify(sorted(standing));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort()
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
