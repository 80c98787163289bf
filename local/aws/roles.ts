// The identities of the local AWS and what their policies allow: the template's roles, the operator, and whom a test makes.
import { createHash } from 'node:crypto';
import * as v from 'valibot';
import type { Principal } from './gate.ts';
import { isAllowed, parsePolicy, type Statement } from './policy.ts';
import type { Provisioned, ResourceRequest } from './resource.ts';
import { ACCOUNT_ID, CREDENTIALS } from './servers.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Whoever the template's managed policies are meant for: it may do what they allow, and nothing else. */
export const OPERATOR: Credentials = { accessKeyId: 'AKIALOCALOPERATOR', secretAccessKey: 'local' };

const RoleSchema = v.object({ Policies: v.optional(v.array(v.object({ PolicyDocument: v.unknown() })), []) });
const PolicySchema = v.object({ PolicyDocument: v.unknown(), Roles: v.array(v.string()) });
/** Users and groups are no resources that are known here. */
const ManagedPolicySchema = v.strictObject({
  PolicyDocument: v.unknown(),
  Roles: v.optional(v.array(v.string()), []),
  Description: v.optional(v.string()),
  Path: v.optional(v.string()),
});

const EVERYTHING: readonly Statement[] = [{ Effect: 'Allow', Action: ['*'], Resource: ['*'], Condition: {} }];

export class Roles {
  readonly #statements = new Map<string, Statement[]>();
  readonly #functions = new Map<string, { functionName: string; roleName: string }>();
  readonly #operator: Statement[] = [];
  readonly #users = new Map<string, Principal>([
    [CREDENTIALS.accessKeyId, { name: 'the account', statements: EVERYTHING }],
    [OPERATOR.accessKeyId, { name: userArn('operator'), statements: this.#operator }],
  ]);

  provisionRole = async ({ properties, physicalName }: ResourceRequest): Promise<Provisioned> => {
    const name = physicalName.slice(-64);
    const { Policies } = v.parse(RoleSchema, properties);
    this.#add(
      name,
      Policies.flatMap(({ PolicyDocument }) => parsePolicy(PolicyDocument)),
    );
    return { physicalId: name, attributes: { Arn: `arn:aws:iam::${ACCOUNT_ID}:role/${name}` }, properties };
  };

  provisionPolicy = async ({ properties, physicalName }: ResourceRequest): Promise<Provisioned> => {
    const { PolicyDocument, Roles: names } = v.parse(PolicySchema, properties);
    for (const name of names) this.#add(name, parsePolicy(PolicyDocument));
    return { physicalId: physicalName, attributes: {}, properties };
  };

  /** Its `Ref` is its ARN. */
  provisionManagedPolicy = async ({ properties, physicalName }: ResourceRequest): Promise<Provisioned> => {
    const { PolicyDocument, Roles: names } = v.parse(ManagedPolicySchema, properties);
    const statements = parsePolicy(PolicyDocument);
    this.#operator.push(...statements);
    for (const name of names) this.#add(name, statements);
    return { physicalId: `arn:aws:iam::${ACCOUNT_ID}:policy/${physicalName}`, attributes: {}, properties };
  };

  /** @returns the access key id with which a function signs */
  issueKey(functionName: string, roleArn: string): string {
    const accessKeyId = `ASIA${digestOf(functionName)}`;
    this.#functions.set(accessKeyId, { functionName, roleName: nameOf(roleArn) });
    return accessKeyId;
  }

  /** @param statements as a policy document writes them; none: it may do nothing */
  createUser(name: string, statements: readonly object[]): Credentials {
    const accessKeyId = `AKIA${digestOf(name)}`;
    this.#users.set(accessKeyId, { name: userArn(name), statements: parsePolicy({ Statement: statements }) });
    return { accessKeyId, secretAccessKey: 'local' };
  }

  find(accessKeyId: string): Principal | undefined {
    const known = this.#functions.get(accessKeyId);
    if (known === undefined) return this.#users.get(accessKeyId);
    const { functionName, roleName } = known;
    const name = `arn:aws:sts::${ACCOUNT_ID}:assumed-role/${roleName}/${functionName}`;
    return { name, statements: this.#statements.get(roleName) ?? [] };
  }

  /** As AWS checks a role that a service is to assume. @throws Error naming the action */
  demand(roleArn: string, actions: readonly string[], resource: string): void {
    const statements = this.#statements.get(nameOf(roleArn)) ?? [];
    const missing = actions.find((action) => !isAllowed(statements, { action, resource, keys: {} }));
    if (missing !== undefined) throw new Error(`role ${nameOf(roleArn)} may not ${missing} on ${resource}`);
  }

  #add(roleName: string, statements: readonly Statement[]): void {
    this.#statements.set(roleName, [...(this.#statements.get(roleName) ?? []), ...statements]);
  }
}

function nameOf(roleArn: string): string {
  return roleArn.split('/').at(-1) ?? roleArn;
}

function userArn(name: string): string {
  return `arn:aws:iam::${ACCOUNT_ID}:user/${name}`;
}

function digestOf(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 16).toUpperCase();
}
