// Invokes a function at a steady rate. The next tick does what a failed one left, so nothing is retried or kept.
import { Duration } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import type { Construct } from 'constructs';

export function invokeEvery(scope: Construct, target: IFunction, rate: Duration): Schedule {
  const once = { retryAttempts: 0, maxEventAge: Duration.seconds(60) };
  target.configureAsyncInvoke(once);
  const statements = [new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [target.functionArn] })];
  const role = new Role(scope, 'ScheduleRole', {
    assumedBy: new ServicePrincipal('scheduler.amazonaws.com'),
    inlinePolicies: { invoke: new PolicyDocument({ statements }) },
  });
  return new Schedule(scope, 'Schedule', {
    schedule: ScheduleExpression.rate(rate),
    // Left to itself the target would make a role that may invoke every version and alias too.
    target: new LambdaInvoke(target, { ...once, role: role.withoutPolicyUpdates() }),
  });
}
