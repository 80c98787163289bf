// A function of Mailroom: one entry file, bundled with all it needs, with a role and a log group of its own.
import { type Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Effect, type IRole, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { functionCode } from './function-code.ts';

export interface MailFunctionProps {
  /** Path under functions/, such as `send-mail/invoke.ts`. */
  readonly entry: string;
  readonly description: string;
  readonly timeout: Duration;
  readonly environment: Readonly<Record<string, string>>;
  /** MB; the share of a processor grows with it (docs/performance.md). Default: 512. */
  readonly memorySize?: number;
  /** Of a function that does the same work. Default: a role of its own. */
  readonly role?: IRole | undefined;
}

export class MailFunction extends LambdaFunction {
  constructor(scope: Construct, id: string, props: MailFunctionProps) {
    const logGroup = new LogGroup(scope, `${id}Logs`, {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    // A role of our own: the managed AWSLambdaBasicExecutionRole would allow writing to every log group.
    const role =
      props.role ?? new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    super(scope, id, {
      code: functionCode(props.entry),
      handler: 'index.handler',
      description: props.description,
      timeout: props.timeout,
      environment: { ...props.environment },
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memorySize ?? 512,
      role,
      logGroup,
    });
  }

  /** Allows exactly these actions on exactly these resources. */
  allow(actions: string[], resources: string[], conditions?: Record<string, Record<string, string[]>>): void {
    const statement = { effect: Effect.ALLOW, actions, resources };
    this.addToRolePolicy(new PolicyStatement(conditions === undefined ? statement : { ...statement, conditions }));
  }
}
