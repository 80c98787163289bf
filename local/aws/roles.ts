// The roles of a template and what their policies allow, and whose credentials stand for which role.
import { createHash } from 'node:crypto';
import * as v from 'valibot';
import type { Principal } from './gate.ts';
import { isAllowed, parsePolicy, type Statement } from './policy.ts';
import type { Provisioned, ResourceRequest } from './resource.ts';
import { ACCOUNT_ID, CREDENTIALS } from './servers.ts';

const RoleSchema = v.object({ Policies: v.optional(v.array(v.object({ PolicyDocument: v.unknown() })), []) });
const PolicySchema = v.object({ PolicyDocument: v.unknown(), Roles: v.array(v.string()) });

const EVERYTHING: readonly Statement[] = [{ Effect: 'Allow', Action: ['*'], Resource: ['*'], Condition: {} }];

export class Roles {
  readonly #statements = new Map<string, Statement[]>();
  readonly #functions = new Map<string, { functionName: string; roleName: string }>();

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

  /** @returns the access key id with which a function signs */
  issueKey(functionName: string, roleArn: string): string {
    const digest = createHash('sha256').update(functionName).digest('hex');
    const accessKeyId = `ASIA${digest.slice(0, 16).toUpperCase()}`;
    this.#functions.set(accessKeyId, { functionName, roleName: nameOf(roleArn) });
    return accessKeyId;
  }

  find(accessKeyId: string): Principal | undefined {
    if (accessKeyId === CREDENTIALS.accessKeyId) return { name: 'the account', statements: EVERYTHING };
    const known = this.#functions.get(accessKeyId);
    if (known === undefined) return undefined;
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
