// Finds the stack of a Mailroom by its outputs.
import {
  type CloudFormationClient,
  DescribeStacksCommand,
  paginateDescribeStacks,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { isMailroom } from './outputs.ts';
import { Problem } from './problem.ts';

/** @throws Problem STACK_NOT_FOUND, STACK_AMBIGUOUS */
export async function findStack(client: CloudFormationClient, name: string | undefined): Promise<Stack> {
  if (name !== undefined) return stackNamed(client, name);
  const [first, ...others] = await listMailrooms(client);
  if (first === undefined) {
    throw new Problem('STACK_NOT_FOUND', 'no stack in this region and account is a Mailroom', CURE_NONE);
  }
  if (others.length === 0) return first;
  const names = [first, ...others].map(({ StackName = '' }) => StackName).join(', ');
  throw new Problem('STACK_AMBIGUOUS', `several stacks are Mailrooms: ${names}`, 'name one with --stack');
}

/** All Mailrooms of the account and region. */
export async function listMailrooms(client: CloudFormationClient): Promise<readonly Stack[]> {
  const found: Stack[] = [];
  for await (const { Stacks = [] } of paginateDescribeStacks({ client }, {})) found.push(...Stacks.filter(isMailroom));
  return found;
}

async function stackNamed(client: CloudFormationClient, name: string): Promise<Stack> {
  const stack = await describe(client, name);
  if (stack !== undefined && isMailroom(stack)) return stack;
  const what =
    stack === undefined ? `there is no stack ${name} in this region and account` : `stack ${name} is no Mailroom`;
  throw new Problem('STACK_NOT_FOUND', what, CURE_NONE);
}

async function describe(client: CloudFormationClient, StackName: string): Promise<Stack | undefined> {
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName }));
    return Stacks[0];
  } catch (error) {
    // CloudFormation has no code of its own for it.
    if (error instanceof Error && error.name === 'ValidationError') return undefined;
    throw error;
  }
}

const CURE_NONE = 'deploy one (npx cdk deploy), or give the right --region and --profile';
