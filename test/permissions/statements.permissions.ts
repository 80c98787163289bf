// No grant is missing, none is superfluous: the whole job succeeds with the template as it is, and fails with any one
// action of any one statement taken away. The name of the step that fails is why that action is there.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseTemplate, type Template } from '../../local/aws/assembly.ts';
import { ASSEMBLY } from '../synthesise.ts';
import { runWholeJob } from './whole-job.ts';

interface Grant {
  readonly resource: string;
  readonly policy: number;
  readonly statement: number;
  readonly action: string;
}

const template = parseTemplate(JSON.parse(readFileSync(join(ASSEMBLY, 'Mailroom.template.json'), 'utf8')));

/** Granted for what the local AWS does not do, each with the reason. */
const NOT_EXERCISED: Readonly<Record<string, string>> = {
  'logs:CreateLogStream': 'Lambda itself writes the logs',
  'logs:PutLogEvents': 'Lambda itself writes the logs',
  'sqs:ChangeMessageVisibility':
    'Lambda itself calls it, where a mapping needs it; the CDK grants it with every queue source',
  'sqs:GetQueueUrl': 'Lambda itself calls it; the CDK grants it with every queue source',
};

it('the whole job succeeds with every grant', async () => {
  expect(await runWholeJob((whole) => whole)).toBeUndefined();
});

it.each(grantsOf(template).filter(({ action }) => !(action in NOT_EXERCISED)))(
  '$resource needs $action (statement $statement)',
  async (grant) => {
    const failed = await runWholeJob((whole) => without(whole, grant));
    console.log(`${grant.resource.replace(/[0-9A-F]{8}$/, '')}  ${grant.action}  is needed for ${failed}`);
    expect(failed).toBeDefined();
  },
);

/** Every action of every Allow statement of the roles that functions and schedules have. */
function grantsOf({ Resources }: Template): readonly Grant[] {
  return Object.entries(Resources).flatMap(([resource, { Type, Properties }]) =>
    documentsOf(Type, Properties).flatMap((document, policy) =>
      document.Statement.flatMap(({ Action }, statement) =>
        [Action].flat().map((action) => ({ resource, policy, statement, action })),
      ),
    ),
  );
}

interface Document {
  readonly Statement: { Action: string | string[] }[];
}

function documentsOf(type: string, properties: Record<string, unknown>): readonly Document[] {
  const { PolicyDocument, Policies = [] } = JSON.parse(JSON.stringify(properties));
  if (type === 'AWS::IAM::Policy') return [PolicyDocument];
  return type === 'AWS::IAM::Role' ? Policies.map((policy: { PolicyDocument: Document }) => policy.PolicyDocument) : [];
}

function without(whole: Template, { resource, policy, statement, action }: Grant): unknown {
  const changed = JSON.parse(JSON.stringify(whole));
  const { Type, Properties } = changed.Resources[resource];
  const document = Type === 'AWS::IAM::Policy' ? Properties.PolicyDocument : Properties.Policies[policy].PolicyDocument;
  const rest = [document.Statement[statement].Action].flat().filter((granted: string) => granted !== action);
  if (rest.length > 0) document.Statement[statement].Action = rest;
  else document.Statement.splice(statement, 1);
  return changed;
}
