// The template is what runs: what is changed in it changes the run, and what cannot be run is named, never passed over.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { describe, expect, it } from 'vitest';
import type { Template } from '../../../local/aws/assembly.ts';
import { startAws } from '../../../local/aws/aws.ts';
import { resolve } from '../../../local/aws/intrinsics.ts';
import { ASSEMBLY } from '../../synthesise.ts';
import { buildAssembly } from './assembly-builder.ts';

const scope = {
  ref: async (name: string) => `ref-${name}`,
  attribute: async (id: string, attribute: string) => `${id}.${attribute}`,
  condition: (name: string) => ({ 'Fn::Equals': [name, 'IsTrue'] }),
};

describe('intrinsic functions', () => {
  it.each([
    [{ Ref: 'A' }, 'ref-A'],
    [{ 'Fn::GetAtt': ['A', 'Arn'] }, 'A.Arn'],
    [{ 'Fn::GetAtt': 'A.Endpoint.Port' }, 'A.Endpoint.Port'],
    [{ 'Fn::Join': ['-', ['a', { Ref: 'B' }]] }, 'a-ref-B'],
    [{ 'Fn::Sub': 'x ${A} ${A.Arn} ${!Literal}' }, 'x ref-A A.Arn ${Literal}'],
    [{ 'Fn::Sub': ['${v}', { v: { Ref: 'B' } }] }, 'ref-B'],
    [{ 'Fn::Select': ['1', { 'Fn::Split': [',', 'a,b'] }] }, 'b'],
    [{ 'Fn::If': ['IsTrue', 'yes', 'no'] }, 'yes'],
    [{ 'Fn::If': ['IsFalse', 'yes', 'no'] }, 'no'],
    [{ a: [1, { 'Fn::If': ['IsFalse', 1, { Ref: 'AWS::NoValue' }] }], b: { Ref: 'AWS::NoValue' } }, { a: [1] }],
    [{ 'Fn::Not': [{ 'Fn::And': [true, { Condition: 'IsFalse' }] }] }, true],
  ])('resolves %j', async (value, expected) => {
    expect(await resolve(value, scope)).toEqual(expected);
  });

  it.each([[{ 'Fn::ImportValue': 'x' }], [{ 'Fn::Join': 'x' }], [{ 'Fn::Sub': 7 }]])(
    'refuses %j by name',
    async (value) => {
      await expect(resolve(value, scope)).rejects.toThrow(/Fn::(ImportValue|Join|Sub)/);
    },
  );
});

describe('a stack that cannot be run as it is', () => {
  it.each([
    ['Odd: the local AWS knows no AWS::Odd::Thing', { Odd: { Type: 'AWS::Odd::Thing' } }, {}],
    ['refers to Nobody', { Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { Ref: 'Nobody' } } } }, {}],
    [
      'circular dependency: A → B → A',
      { A: { Type: 'AWS::SQS::Queue', DependsOn: 'B' }, B: { Type: 'AWS::SQS::Queue', DependsOn: 'A' } },
      {},
    ],
    [
      'Queue (AWS::SQS::Queue) has no attribute Odd',
      { Queue: { Type: 'AWS::SQS::Queue' } },
      { Outputs: { O: { Value: { 'Fn::GetAtt': ['Queue', 'Odd'] } } } },
    ],
    ['parameter Size has no default', {}, { Parameters: { Size: { Type: 'String' } } }],
  ])('%s', async (message, resources, rest) => {
    const assembly = buildAssembly({}, resources, rest);
    await expect(startAws({ assembly: assembly.folder })).rejects.toThrow(message);
    assembly.remove();
  });

  it('names a parameter that the template does not have, and a value that it does not allow', async () => {
    await expect(startAws({ assembly: ASSEMBLY, parameters: { Nothing: '1' } })).rejects.toThrow(
      'no parameter Nothing',
    );
    await expect(startAws({ assembly: ASSEMBLY, parameters: { SmtpTls: 'none' } })).rejects.toThrow(
      'SmtpTls must be one of implicit, starttls',
    );
  });
});

describe('the template of Mailroom', () => {
  it.each([
    ['SendMailFunction', 'SMTP_HOST'],
    ['RefreshTokensFunction', 'OAUTH_URL'],
    ['PollRepliesFunction', 'REPLIES_URL'],
    ['ReleaseWaitingFunction', 'OUTBOX_URL'],
    ['DrainOutboxFunction', 'OUTBOX_DEAD_URL'],
  ])('%s fails when it has no %s, and says so', async (output, variable) => {
    const transformTemplate = (template: Template): unknown => without(template, output, variable);
    const aws = await startAws({ assembly: ASSEMBLY, transformTemplate });
    const lambda = new LambdaClient({
      region: aws.region,
      credentials: { ...aws.credentials },
      endpoint: aws.endpoints.lambda,
    });
    const { Payload, FunctionError } = await lambda.send(new InvokeCommand({ FunctionName: aws.outputs[output] }));
    expect(FunctionError).toBe('Unhandled');
    expect(JSON.parse(Payload?.transformToString() ?? '')).toMatchObject({
      errorType: 'ENVIRONMENT_INVALID',
      errorMessage: expect.stringContaining(`${variable}: is missing`),
    });
    lambda.destroy();
    await aws.stop();
  });

  it('runs every resource that cdk synth wrote', async () => {
    const template = JSON.parse(await readFile(join(ASSEMBLY, 'Mailroom.template.json'), 'utf8'));
    const aws = await startAws({ assembly: ASSEMBLY });
    expect(Object.keys(aws.resources).sort()).toEqual(Object.keys(template.Resources).sort());
    await aws.stop();
  });
});

/** The template, and in it the function that an output names, without one of its variables. */
function without(template: Template, output: string, variable: string): unknown {
  const text = JSON.stringify(template.Outputs[output]?.Value);
  const logicalId = /"Ref":"(\w+)"/.exec(text)?.[1] ?? '';
  return JSON.parse(JSON.stringify(template), (key, value: unknown) => {
    if (key !== logicalId || typeof value !== 'object') return value;
    return JSON.parse(JSON.stringify(value), (name, inner: unknown) => (name === variable ? undefined : inner));
  });
}
