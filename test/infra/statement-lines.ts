// Statements of a synthesised policy as lines that a person can compare: `actions on resource where condition`.
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { MailroomStack } from '../../infra/mailroom-stack.ts';

export interface PolicyStatementJson {
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string[]>>>>;
}

export function synthesise(id: string): Template {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
  return Template.fromStack(new MailroomStack(app, id));
}

/** An action list for each resource, in order. */
export function linesOf(statements: readonly PolicyStatementJson[]): readonly string[] {
  const lines = statements.flatMap(({ Action, Resource, Condition = {} }) => {
    const actions = [Action].flat().sort().join(' ');
    const keys = Object.values(Condition).flatMap((tested) => Object.values(tested).flat());
    const where = keys.length > 0 ? ` where ${keys.join(' ')}` : '';
    return [Resource].flat().map((resource) => `${actions} on ${describeResource(resource)}${where}`);
  });
  return lines.sort();
}

const NAMES =
  /(Messages|Mailboxes|Routed|Mail|RefreshTokens|SendMail|ReleaseWaiting|PollReplies|AuditReplies|OutboxQueue|OutboxDead|RepliesQueue|RepliesDead)[0-9A-F]{8}$/;

/** The ids of the constructs rather than the hashes behind them. */
function describeResource(resource: unknown): string {
  const text = JSON.stringify(resource);
  const secret = /:secret:Mailroom(\/[\w-]+(?:\/\*|\?+)?)"/.exec(text)?.[1];
  if (secret !== undefined) return `secret${secret}`;
  const bus = /:(event-bus\/[\w-]+)/.exec(text)?.[1];
  if (bus !== undefined) return bus;
  const logicalId = /"Fn::GetAtt":\["(\w+)"/.exec(text)?.[1] ?? text;
  const suffix = /"(\/[\w/*]+)"/.exec(text)?.[1] ?? '';
  return `${NAMES.exec(logicalId)?.[1] ?? logicalId}${suffix}`;
}
