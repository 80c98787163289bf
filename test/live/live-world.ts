// The bundles on the local AWS, in front of mail servers that are somebody else's: Gmail itself, or what stands in for it.
import { readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { UserRefreshClient } from 'google-auth-library';
import nodemailer from 'nodemailer';
import * as v from 'valibot';
import { parseReplyEvent, type ReplyEvent } from '../../lib/core/reply.ts';
import { type LocalAws, startAws } from '../../local/aws/aws.ts';
import { storeGrant, storeProfile } from '../../local/connect.ts';
import { ASSEMBLY } from '../synthesise.ts';

const GrantSchema = v.object({
  address: v.string(),
  clientId: v.string(),
  clientSecret: v.string(),
  refreshToken: v.string(),
});
const LiveSchema = v.object({
  /** Sends, and is read. */
  mailbox: GrantSchema,
  /** Another account, which answers. */
  customer: GrantSchema,
});
type Live = v.InferOutput<typeof LiveSchema>;

export interface Servers {
  readonly parameters: Readonly<Record<string, string>>;
  readonly ca?: string;
  readonly smtps: { readonly host: string; readonly port: number };
  /** Of the token endpoint. */
  readonly tokenUrl: string;
  /** Each poll is a login, of which Gmail takes only so many. */
  readonly pollEveryMs: number;
}

export const GMAIL: Servers = {
  parameters: {},
  smtps: { host: 'smtp.gmail.com', port: 465 },
  tokenUrl: 'https://oauth2.googleapis.com/token',
  pollEveryMs: 15_000,
};

export interface LiveWorld {
  readonly live: Live;
  invoke(output: string, payload: object): Promise<Record<string, unknown>>;
  /** As the customer, by their own grant and SMTP. */
  answer(mail: { messageId: string; subject: string; text: string }): Promise<void>;
  /** Polls until there is an event, and takes it off the replies queue; undefined where none comes in time. */
  awaitReply(timeoutMs: number): Promise<ReplyEvent | undefined>;
  stop(): Promise<void>;
}

/** @throws ValiError naming what a file of grants lacks */
export async function readLive(file: string): Promise<Live> {
  return v.parse(LiveSchema, JSON.parse(await readFile(file, 'utf8')));
}

export async function startLiveWorld(live: Live, servers: Servers): Promise<LiveWorld> {
  const { parameters, ca } = servers;
  const processEnvironment = ca === undefined ? {} : { NODE_EXTRA_CA_CERTS: ca };
  const aws = await startAws({ assembly: ASSEMBLY, parameters, processEnvironment });
  const mailbox = { id: 'live', address: live.mailbox.address };
  await storeGrant(aws, mailbox, { type: 'oauth', grantedAt: Date.now(), ...live.mailbox });
  await storeProfile(aws, mailbox);
  const { region, credentials, endpoints } = aws;
  const lambda = new LambdaClient({ region, credentials, endpoint: endpoints.lambda });
  const sqs = new SQSClient({ region, credentials, endpoint: endpoints.sqs });
  const invoke: LiveWorld['invoke'] = async (output, payload) => {
    const command = new InvokeCommand({ FunctionName: aws.outputs[output], Payload: JSON.stringify(payload) });
    return JSON.parse((await lambda.send(command)).Payload?.transformToString() ?? '{}');
  };
  return {
    live,
    invoke,
    answer: (mail) => answer(live, servers, mail),
    async awaitReply(timeoutMs) {
      for (let left = timeoutMs; left > 0; left -= servers.pollEveryMs) {
        await invoke('PollRepliesFunction', {});
        const reply = await receive(sqs, aws);
        if (reply !== undefined) return reply;
        await setTimeout(servers.pollEveryMs);
      }
      return undefined;
    },
    async stop() {
      lambda.destroy();
      sqs.destroy();
      await aws.stop();
    },
  };
}

async function answer(
  { mailbox, customer }: Live,
  { smtps, ca, tokenUrl }: Servers,
  { messageId, subject, text }: { messageId: string; subject: string; text: string },
): Promise<void> {
  const { clientId, clientSecret, refreshToken, address } = customer;
  const client = new UserRefreshClient({
    ...{ clientId, clientSecret, refreshToken },
    endpoints: { oauth2TokenUrl: tokenUrl },
  });
  const { token } = await client.getAccessToken();
  const transport = nodemailer.createTransport({
    ...smtps,
    secure: true,
    auth: { type: 'OAuth2', user: address, accessToken: token ?? '' },
    ...(ca !== undefined && { tls: { ca: await readFile(ca) } }),
  });
  const thread = { inReplyTo: messageId, references: messageId };
  await transport.sendMail({ from: address, to: mailbox.address, subject: `Re: ${subject}`, text, ...thread });
}

async function receive(sqs: SQSClient, { outputs }: LocalAws): Promise<ReplyEvent | undefined> {
  const QueueUrl = outputs.RepliesUrl;
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }));
  const [message] = Messages;
  if (message === undefined) return undefined;
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
  return parseReplyEvent(message.Body ?? '');
}
