// Creates a template's resources in the order in which they need each other: whoever refers to a resource waits for it.
import { randomBytes } from 'node:crypto';
import type { Template } from './assembly.ts';
import type { DescribedStack } from './cloudformation.ts';
import { type ResolverScope, resolve } from './intrinsics.ts';
import type { Provisioned, Provisioner } from './resource.ts';

export interface StackOptions {
  readonly stackName: string;
  readonly region: string;
  readonly accountId: string;
  readonly template: Template;
  readonly parameters: Readonly<Record<string, string>>;
  readonly provisioners: Readonly<Record<string, Provisioner>>;
}

export interface StackResource extends Provisioned {
  readonly type: string;
}

/** @throws Error naming the logical id of a resource whose type is not known here, or which refers to itself */
export class Stack {
  readonly #options: StackOptions;
  readonly #scope: ResolverScope;
  readonly #resources = new Map<string, Promise<StackResource>>();
  readonly #parameters: Readonly<Record<string, string>>;

  constructor(options: StackOptions) {
    this.#options = options;
    this.#parameters = parameterValues(options);
    this.#scope = {
      ref: (name) => this.#ref(name),
      attribute: (logicalId, attribute) => this.#attribute(logicalId, attribute),
      condition: (name) => options.template.Conditions[name],
    };
  }

  async create(): Promise<Readonly<Record<string, StackResource>>> {
    const { Resources } = this.#options.template;
    const created = await Promise.all(
      Object.keys(Resources).map(async (id) =>
        (await this.#isWanted(id)) ? [[id, await this.#resource(id, [])] as const] : [],
      ),
    );
    return Object.fromEntries(created.flat());
  }

  async describe(): Promise<DescribedStack> {
    const { stackName, template } = this.#options;
    const entries = Object.entries(template.Outputs);
    const values = entries.map(async ([name, { Value }]) => [name, String(await resolve(Value, this.#scope))] as const);
    const descriptions = entries.map(([name, { Description }]) => [name, Description] as const);
    return {
      name: stackName,
      parameters: this.#parameters,
      outputs: Object.fromEntries(await Promise.all(values)),
      descriptions: Object.fromEntries(descriptions),
    };
  }

  async #isWanted(logicalId: string): Promise<boolean> {
    const condition = this.#options.template.Resources[logicalId]?.Condition;
    return condition === undefined || Boolean(await resolve({ Condition: condition }, this.#scope));
  }

  /** @param path the resources that are waiting for this one */
  #resource(logicalId: string, path: readonly string[]): Promise<StackResource> {
    if (path.includes(logicalId)) throw new Error(`circular dependency: ${[...path, logicalId].join(' → ')}`);
    const known = this.#resources.get(logicalId);
    if (known !== undefined) return known;
    const created = this.#create(logicalId, [...path, logicalId]);
    this.#resources.set(logicalId, created);
    return created;
  }

  async #create(logicalId: string, path: readonly string[]): Promise<StackResource> {
    const resource = this.#options.template.Resources[logicalId];
    if (resource === undefined)
      throw new Error(`the template refers to ${logicalId}, which is no resource or parameter of it`);
    const provision = this.#options.provisioners[resource.Type];
    if (provision === undefined) {
      throw new Error(`${logicalId}: the local AWS knows no ${resource.Type}: add it to local/aws/provisioners.ts`);
    }
    await Promise.all([resource.DependsOn].flat().map((id) => this.#resource(id, path)));
    const scope: ResolverScope = {
      ...this.#scope,
      ref: (name) => this.#ref(name, path),
      attribute: (id, attribute) => this.#attribute(id, attribute, path),
    };
    const properties = await resolve(resource.Properties, scope);
    return {
      type: resource.Type,
      ...(await provision({ logicalId, properties, physicalName: this.#physicalName(logicalId) })),
    };
  }

  async #ref(name: string, path: readonly string[] = []): Promise<string> {
    const pseudo = this.#pseudoParameters()[name] ?? this.#parameters[name];
    return pseudo ?? (await this.#resource(name, path)).physicalId;
  }

  async #attribute(logicalId: string, attribute: string, path: readonly string[] = []): Promise<string> {
    const { attributes, type } = await this.#resource(logicalId, path);
    const value = attributes[attribute];
    if (value === undefined) throw new Error(`${logicalId} (${type}) has no attribute ${attribute} in the local AWS`);
    return value;
  }

  #pseudoParameters(): Readonly<Record<string, string>> {
    const { stackName, region, accountId } = this.#options;
    return {
      'AWS::StackName': stackName,
      'AWS::StackId': `arn:aws:cloudformation:${region}:${accountId}:stack/${stackName}/local`,
      'AWS::Region': region,
      'AWS::AccountId': accountId,
      'AWS::Partition': 'aws',
      'AWS::URLSuffix': 'amazonaws.com',
    };
  }

  /** As CloudFormation's: no code may count on what a name ends in. */
  #physicalName(logicalId: string): string {
    return `${this.#options.stackName}-${logicalId}-${randomBytes(6).toString('hex')}`;
  }
}

function parameterValues({ template, parameters }: StackOptions): Readonly<Record<string, string>> {
  const unknown = Object.keys(parameters).find((name) => template.Parameters[name] === undefined);
  if (unknown !== undefined) throw new Error(`the template has no parameter ${unknown}`);
  const values = Object.entries(template.Parameters).map(([name, { Default, AllowedValues }]) => {
    const value = parameters[name] ?? Default;
    if (value === undefined) throw new Error(`parameter ${name} has no default: give it a value`);
    const isAllowed = AllowedValues === undefined || AllowedValues.includes(value);
    if (!isAllowed) throw new Error(`parameter ${name} must be one of ${AllowedValues.join(', ')}`);
    return [name, String(value)] as const;
  });
  return Object.fromEntries(values);
}
