// The examples of a release: what the bundles of a cloud assembly take, answer and put on the replies queue, on the local
// stack. Every outcome and event in them was made by the code that is released.
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { composeAnswer } from '../../lib/client/answer.ts';
import type { SendRequest } from '../../lib/core/message.ts';
import { parseReplyEvent } from '../../lib/core/reply.ts';
import { type LocalMailroom, SUPPORT, startLocalMailroom } from '../../local/mailroom.ts';
import { type Answer, exampleAnswers } from './answers.ts';
import { exampleRequests } from './requests.ts';

type ByName = Record<string, unknown>;

export interface Examples {
  readonly requests: ByName;
  readonly outcomes: ByName;
  readonly events: ByName;
}

const HELD = { id: 'held', address: 'held@shop.example' };

/** @param assembly the folder that `cdk synth` wrote */
export async function makeExamples(assembly: string): Promise<Examples> {
  const local = await startLocalMailroom({ assembly, mailboxes: [SUPPORT, HELD] });
  const session = new Session(local);
  try {
    await session.poll();
    await session.sendRequests();
    await session.sendInTrouble();
    await session.receiveAnswers();
    await session.stopAnswers();
    return { requests: session.requests, outcomes: session.outcomes, events: session.events };
  } finally {
    session.end();
    await local.stop();
  }
}

class Session implements Examples {
  readonly requests: ByName = {};
  readonly outcomes: ByName = {};
  readonly events: ByName = {};
  readonly #local: LocalMailroom;
  readonly #lambda: LambdaClient;
  readonly #sqs: SQSClient;

  constructor(local: LocalMailroom) {
    this.#local = local;
    const { region, credentials, endpoints } = local.aws;
    const access = { region, credentials: { ...credentials } };
    this.#lambda = new LambdaClient({ ...access, endpoint: endpoints.lambda });
    this.#sqs = new SQSClient({ ...access, endpoint: endpoints.sqs });
  }

  end(): void {
    this.#lambda.destroy();
    this.#sqs.destroy();
  }

  async poll(): Promise<void> {
    await this.#invoke('PollRepliesFunction', {});
  }

  async sendRequests(): Promise<void> {
    for (const request of exampleRequests(Date.now())) await this.#send(request.idempotencyKey, request);
    await this.#send('replayed', this.requests.least);
    const [version, mailbox, idempotencyKey] = [1, 'support', 'scheduled'];
    this.outcomes.cancelled = await this.#invoke('SendMailFunction', {
      version,
      mailbox,
      idempotencyKey,
      cancel: true,
    });
  }

  /** What becomes of a mail where the server, or the connection to it, has trouble. */
  async sendInTrouble(): Promise<void> {
    const { faults } = this.#local.google;
    faults.smtp({ at: 'MAIL', do: { reply: '451 4.3.0 Temporary System Problem. - gsmtp' } });
    await this.#send('queued', this.#like('queued'));
    faults.smtp({ at: 'MAIL', do: { reply: '550 5.4.5 Daily user sending limit exceeded. - gsmtp' } });
    await this.#send('held', { ...this.#like('held'), mailbox: HELD.id });
    faults.smtp({ at: 'after-dot', do: 'cut' });
    await this.#send('unknown', this.#like('unknown'));
    await this.poll();
    await this.#send('replayed-settled', this.#like('unknown'));
  }

  async receiveAnswers(): Promise<void> {
    const { context } = this.requests;
    const question = await this.#send('asked', { ...Object(context), idempotencyKey: 'asked' });
    for (const answer of exampleAnswers(String(question.messageId))) {
      this.events[answer.name] = await this.#receive(answer);
    }
  }

  /** After three automatic answers to a thread within an hour the fourth is suppressed, and events of it say so. */
  async stopAnswers(): Promise<void> {
    const question = await this.#send('automatic-thread', this.#like('automatic-thread'));
    for (const round of [1, 2, 3, 4]) {
      const name = round < 4 ? `answer-${round}` : 'suppressed';
      const [answer] = exampleAnswers(String(question.messageId));
      if (answer === undefined) throw new Error('there is no example of an answer');
      const event = await this.#receive({ ...answer, raw: inThread(answer.raw, round) });
      const { idempotencyKey: _key, ...mail } = composeAnswer(event, { text: 'We have it.', automatic: true });
      await this.#send(name, { version: 1, mailbox: 'support', idempotencyKey: name, ...mail });
      if (round === 4) this.events['automatic-answers-stopped'] = event;
    }
  }

  #like(idempotencyKey: string): SendRequest {
    return {
      version: 1,
      mailbox: 'support',
      idempotencyKey,
      to: 'ada@customer.example',
      subject: 'Hello',
      text: 'Hi.',
    };
  }

  async #send(name: string, request: unknown): Promise<Record<string, unknown>> {
    this.requests[name] ??= request;
    const outcome = Object(await this.#invoke('SendMailFunction', request));
    this.outcomes[name] = outcome;
    return outcome;
  }

  async #receive({ raw, isByHand = false }: Answer) {
    this.#local.google.account(SUPPORT.address).deliver(raw, isByHand ? { labels: ['\\Sent'], asIs: true } : {});
    await this.poll();
    const QueueUrl = this.#output('RepliesUrl');
    const { Messages = [] } = await this.#sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5 }));
    const [message, ...others] = Messages;
    if (message?.Body === undefined || others.length > 0) throw new Error(`${Messages.length} events came of one mail`);
    await this.#sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
    return parseReplyEvent(message.Body);
  }

  async #invoke(name: string, payload: unknown): Promise<unknown> {
    const command = new InvokeCommand({ FunctionName: this.#output(name), Payload: JSON.stringify(payload) });
    const { Payload, FunctionError } = await this.#lambda.send(command);
    const answer = Payload?.transformToString() ?? '';
    if (FunctionError !== undefined) throw new Error(`${name}: ${answer}`);
    return JSON.parse(answer);
  }

  #output(name: string): string {
    const value = this.#local.aws.outputs[name];
    if (value === undefined) throw new Error(`no output ${name}`);
    return value;
  }
}

/** A mail of its own; by its subject in the thread of "Hello", for Gmail looks at both. */
function inThread(raw: string, round: number): string {
  return raw.replace('<reply@', `<round-${round}@`).replace('Your order 4711', 'Hello');
}
