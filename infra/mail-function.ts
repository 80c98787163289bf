// A function of Mailroom: one entry file, bundled with all it needs, with a role and a log group of its own.
import { fileURLToPath } from 'node:url';
import { type Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

export interface MailFunctionProps {
  /** Path under functions/, such as `send-mail/invoke.ts`. */
  readonly entry: string;
  readonly description: string;
  readonly timeout: Duration;
  readonly environment: Readonly<Record<string, string>>;
}

const FUNCTIONS = fileURLToPath(new URL('../functions/', import.meta.url));

export class MailFunction extends NodejsFunction {
  constructor(scope: Construct, id: string, props: MailFunctionProps) {
    const logGroup = new LogGroup(scope, `${id}Logs`, {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    // A role of our own: the managed AWSLambdaBasicExecutionRole would allow writing to every log group.
    const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    super(scope, id, {
      entry: `${FUNCTIONS}${props.entry}`,
      description: props.description,
      timeout: props.timeout,
      environment: { ...props.environment },
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      // Below 512 MB every step is bound by CPU, above there is little to gain.
      memorySize: 512,
      role,
      logGroup,
      bundling: {
        // CommonJS: an ESM import of a built-in such as node:http costs 25 ms of a cold start, a require 3 ms.
        format: OutputFormat.CJS,
        target: 'node24',
        // The SDK's ESM build: its CommonJS build is 40 % larger and 10 to 30 ms slower to load, per client.
        mainFields: ['module', 'main'],
        // The SDK of the runtime costs more to load than a bundled one, and its version is not ours.
        externalModules: [],
        // ESM packages such as imapflow ask for import.meta.url, which CommonJS has under another name.
        define: { 'import.meta.url': 'importMetaUrl' },
        banner: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;",
      },
    });
  }

  /** Allows exactly these actions on exactly these resources. */
  allow(actions: string[], resources: string[], conditions?: Record<string, Record<string, string[]>>): void {
    const statement = { effect: Effect.ALLOW, actions, resources };
    this.addToRolePolicy(new PolicyStatement(conditions === undefined ? statement : { ...statement, conditions }));
  }
}
