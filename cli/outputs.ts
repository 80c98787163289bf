// The outputs of a stack (infra/outputs.ts writes them), parsed once.
import type { Stack } from '@aws-sdk/client-cloudformation';
import * as v from 'valibot';
import { Problem } from './problem.ts';

const TextSchema = v.pipe(v.string(), v.minLength(1));
const PortSchema = v.pipe(v.string(), v.regex(/^\d{1,5}$/), v.transform(Number));

const OutputsSchema = v.object({
  RefreshTokensFunction: TextSchema,
  SendMailFunction: TextSchema,
  ReleaseWaitingFunction: TextSchema,
  PollRepliesFunction: TextSchema,
  AuditRepliesFunction: TextSchema,
  OutboxUrl: TextSchema,
  OutboxDeadUrl: TextSchema,
  RepliesUrl: TextSchema,
  RepliesDeadUrl: TextSchema,
  MessagesTable: TextSchema,
  MailboxesTable: TextSchema,
  MailBucket: TextSchema,
  GrantsPrefix: TextSchema,
  AccessTokensPrefix: TextSchema,
  OauthClientSecret: TextSchema,
  OauthUrl: TextSchema,
  ConsentUrl: TextSchema,
  SmtpHost: TextSchema,
  SmtpPort: PortSchema,
  SmtpTls: v.picklist(['implicit', 'starttls']),
  ImapHost: TextSchema,
  ImapPort: PortSchema,
  Pop3Host: TextSchema,
  Pop3Port: PortSchema,
});
export type Outputs = v.InferOutput<typeof OutputsSchema>;

/** By these a stack is known for a Mailroom, of whatever version. */
const KNOWN_BY = ['SendMailFunction', 'MailboxesTable', 'OutboxUrl'] as const;

export function isMailroom(stack: Stack): boolean {
  const outputs = outputsOf(stack);
  return KNOWN_BY.every((name) => outputs[name] !== undefined);
}

/** @throws Problem STACK_OUTDATED naming the output */
export function parseOutputs(stack: Stack): Outputs {
  const parsed = v.safeParse(OutputsSchema, outputsOf(stack));
  if (parsed.success) return parsed.output;
  const name = v.getDotPath(parsed.issues[0]) ?? '';
  const what = `stack ${stack.StackName} has no output ${name}: it was deployed by another version of Mailroom`;
  throw new Problem('STACK_OUTDATED', what, 'deploy it again: npx cdk deploy');
}

export function outputsOf({ Outputs = [] }: Stack): Readonly<Record<string, string>> {
  const named = Outputs.flatMap(({ OutputKey, OutputValue }) =>
    OutputKey === undefined || OutputValue === undefined ? [] : [[OutputKey, OutputValue]],
  );
  return Object.fromEntries(named);
}
