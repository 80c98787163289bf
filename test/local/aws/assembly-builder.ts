// A cloud assembly without the CDK: a template and a few small functions, written as `cdk synth` would lay them out.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface BuiltAssembly {
  readonly folder: string;
  remove(): void;
}

/** @param functions code of index.js by logical id; each exports `handler` */
export function buildAssembly(
  functions: Readonly<Record<string, string>>,
  resources: object = {},
  rest: object = {},
): BuiltAssembly {
  const folder = mkdtempSync(join(tmpdir(), 'mailroom-assembly-'));
  const files: Record<string, object> = {};
  const lambdas: Record<string, object> = {};
  for (const [id, code] of Object.entries(functions)) {
    const hash = `hash-${id}`;
    mkdirSync(join(folder, `asset.${hash}`));
    writeFileSync(join(folder, `asset.${hash}`, 'index.js'), code);
    files[hash] = { source: { path: `asset.${hash}`, packaging: 'zip' } };
    lambdas[id] = lambda(hash);
  }
  const roles = Object.keys(functions).length > 0 ? { Role: ROLE } : {};
  const template = { Resources: { ...roles, ...lambdas, ...resources }, ...rest };
  const properties = { templateFile: 'Test.template.json', stackName: 'Test' };
  write(folder, 'manifest.json', { artifacts: { Test: { type: 'aws:cloudformation:stack', properties } } });
  write(folder, 'Test.template.json', template);
  write(folder, 'Test.assets.json', { files });
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** May do everything, unless a test brings a `Role` of its own. */
const ROLE = {
  Type: 'AWS::IAM::Role',
  Properties: { Policies: [{ PolicyDocument: { Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] } }] },
};

function lambda(hash: string): object {
  return {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Code: { S3Bucket: 'assets', S3Key: `${hash}.zip` },
      Handler: 'index.handler',
      Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
      Runtime: 'nodejs24.x',
      Timeout: 1,
      Environment: { Variables: { STACK: { Ref: 'AWS::StackName' } } },
    },
  };
}

function write(folder: string, file: string, content: object): void {
  writeFileSync(join(folder, file), JSON.stringify(content));
}
