// A cloud assembly without the CDK: a template and a few small functions, written as `cdk synth` would lay them out.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface BuiltAssembly {
  readonly folder: string;
  remove(): void;
}

/** Code that hangs, and is to be seen to time out. */
interface Hanging {
  readonly code: string;
  readonly timeoutSeconds: number;
}

/** Enough for whatever is to end by itself, on a busy machine. */
const TIMEOUT_SECONDS = 30;

/** @param functions code of index.js by logical id; each exports `handler` */
export function buildAssembly(
  functions: Readonly<Record<string, string | Hanging>>,
  resources: object = {},
  rest: object = {},
): BuiltAssembly {
  const folder = mkdtempSync(join(tmpdir(), 'mailroom-assembly-'));
  const files: Record<string, object> = {};
  const lambdas: Record<string, object> = {};
  for (const [id, given] of Object.entries(functions)) {
    const { code, timeoutSeconds } =
      typeof given === 'string' ? { code: given, timeoutSeconds: TIMEOUT_SECONDS } : given;
    const hash = `hash-${id}`;
    mkdirSync(join(folder, `asset.${hash}`));
    writeFileSync(join(folder, `asset.${hash}`, 'index.js'), code);
    files[hash] = { source: { path: `asset.${hash}`, packaging: 'zip' } };
    lambdas[id] = lambda(hash, timeoutSeconds);
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

function lambda(hash: string, Timeout: number): object {
  return {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Code: { S3Bucket: 'assets', S3Key: `${hash}.zip` },
      Handler: 'index.handler',
      Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
      Runtime: 'nodejs24.x',
      Timeout,
      Environment: { Variables: { STACK: { Ref: 'AWS::StackName' } } },
    },
  };
}

function write(folder: string, file: string, content: object): void {
  writeFileSync(join(folder, file), JSON.stringify(content));
}
