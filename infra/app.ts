// `cdk deploy` starts here: one stack, no configuration, checked against the AWS Solutions rules at every synthesis.
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { acknowledgeFindings } from './findings.ts';
import { MailroomStack } from './mailroom-stack.ts';

const app = new App();
const stack = new MailroomStack(app, 'Mailroom');
acknowledgeFindings(stack);
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
