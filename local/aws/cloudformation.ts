// CloudFormation's DescribeStacks over its query protocol: what the local stack is, and what a test says stands beside it.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
import { randomUUID } from 'node:crypto';
import { type HttpServer, readBody, startHttpServer } from './http-server.ts';
import { queryAnswer, queryError } from './query-xml.ts';

export interface DescribedStack {
  readonly name: string;
  /** Values by key. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Of outputs that have one, by key. */
  readonly descriptions?: Readonly<Record<string, string | undefined>>;
  /** Values by key. */
  readonly parameters?: Readonly<Record<string, string>>;
}

interface ListedStack extends DescribedStack {
  readonly id: string;
  readonly createdAt: Date;
}

/** The stacks of the account; none is ever deleted. */
export class StackList {
  readonly #stacks: ListedStack[] = [];
  readonly #arnPrefix: string;

  constructor(region: string, accountId: string) {
    this.#arnPrefix = `arn:aws:cloudformation:${region}:${accountId}:stack`;
  }

  /** @throws Error where there is one of that name, as CloudFormation refuses it */
  add(stack: DescribedStack): void {
    if (this.find(stack.name).length > 0) throw new Error(`Stack [${stack.name}] already exists`);
    this.#stacks.push({ ...stack, id: `${this.#arnPrefix}/${stack.name}/${randomUUID()}`, createdAt: new Date() });
  }

  /** @param nameOrId undefined: all */
  find(nameOrId: string | undefined): readonly ListedStack[] {
    if (nameOrId === undefined) return this.#stacks;
    return this.#stacks.filter(({ name, id }) => name === nameOrId || id === nameOrId);
  }
}

export function startCloudFormation(stacks: StackList): Promise<HttpServer> {
  return startHttpServer(async (request, response) => {
    const parameters = new URLSearchParams((await readBody(request)).toString());
    const { status, body } = answer(stacks, parameters);
    response.writeHead(status, { 'content-type': 'text/xml' });
    response.end(body);
  });
}

function answer(stacks: StackList, parameters: URLSearchParams): { status: number; body: string } {
  const action = parameters.get('Action');
  if (action !== 'DescribeStacks') {
    return { status: 400, body: queryError('InvalidAction', `Could not find operation ${action} in the local AWS`) };
  }
  const wanted = parameters.get('StackName') ?? undefined;
  const found = stacks.find(wanted);
  if (wanted !== undefined && found.length === 0) {
    return { status: 400, body: queryError('ValidationError', `Stack with id ${wanted} does not exist`) };
  }
  return { status: 200, body: queryAnswer('DescribeStacks', { Stacks: found.map(describe) }) };
}

function describe({ id, name, createdAt, outputs, descriptions = {}, parameters = {} }: ListedStack): object {
  return {
    StackId: id,
    StackName: name,
    CreationTime: createdAt.toISOString(),
    StackStatus: 'CREATE_COMPLETE',
    DisableRollback: 'false',
    Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue })),
    Outputs: Object.entries(outputs).map(([OutputKey, OutputValue]) => {
      const Description = descriptions[OutputKey];
      return { OutputKey, OutputValue, ...(Description !== undefined && { Description }) };
    }),
  };
}
