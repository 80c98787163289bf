// Whether CloudFormation can take a stack from one template to another without losing what it holds, and without what
// others rely on going away.
import { isDeepStrictEqual } from 'node:util';
import { fullDiff, ResourceImpact } from '@aws-cdk/cloudformation-diff';
import * as v from 'valibot';
import { indexProblems } from './index-upgrade.ts';

const ResourceSchema = v.looseObject({
  Type: v.string(),
  Properties: v.optional(v.record(v.string(), v.unknown()), {}),
  DeletionPolicy: v.optional(v.string()),
  UpdateReplacePolicy: v.optional(v.string()),
});
const TemplateSchema = v.looseObject({
  Parameters: v.optional(
    v.record(
      v.string(),
      v.looseObject({
        Type: v.string(),
        Default: v.optional(v.unknown()),
        AllowedValues: v.optional(v.array(v.unknown())),
      }),
    ),
    {},
  ),
  Resources: v.record(v.string(), ResourceSchema),
  Outputs: v.optional(v.record(v.string(), v.looseObject({ Value: v.unknown() })), {}),
});

export type Template = v.InferOutput<typeof TemplateSchema>;
type Rule = (before: Template, after: Template) => readonly string[];

export function parseTemplate(json: unknown): Template {
  return v.parse(TemplateSchema, json);
}

const STATEFUL = [
  'AWS::DynamoDB::Table',
  'AWS::DynamoDB::GlobalTable',
  'AWS::S3::Bucket',
  'AWS::SQS::Queue',
  'AWS::SecretsManager::Secret',
  'AWS::KMS::Key',
];

export function holdsState({ Type }: Pick<Template['Resources'][string], 'Type'>): boolean {
  return STATEFUL.includes(Type);
}

/** @returns why not, one sentence for each reason */
export function upgradeProblems(before: Template, after: Template): readonly string[] {
  return RULES.flatMap((rule) => rule(before, after));
}

const RULES: readonly Rule[] = [moved, replaced, unretained, indexes, outputs, removedParameters, newParameters];

/** A resource is known by its logical id: under another one it is another resource, and empty. */
function moved(before: Template, after: Template): readonly string[] {
  return stateOf(before)
    .filter(([id, { Type }]) => after.Resources[id]?.Type !== Type)
    .map(([id]) => `${id} holds state and is not there any more`);
}

const LOSING: readonly ResourceImpact[] = [
  ResourceImpact.WILL_REPLACE,
  ResourceImpact.MAY_REPLACE,
  ResourceImpact.WILL_DESTROY,
];

/** What outputs name is relied on by name, though it may hold nothing. */
function replaced(before: Template, after: Template): readonly string[] {
  const named = new Set(Object.values(before.Outputs).map(({ Value }) => Object(Value).Ref));
  const problems: string[] = [];
  fullDiff(before, after).resources.forEachDifference((id, change) => {
    const resource = before.Resources[id];
    const matters = named.has(id) || (resource !== undefined && holdsState(resource));
    if (matters && LOSING.includes(change.changeImpact)) problems.push(`${id}: ${change.changeImpact}`);
  });
  return problems;
}

function unretained(_before: Template, after: Template): readonly string[] {
  return stateOf(after)
    .filter(([, { DeletionPolicy, UpdateReplacePolicy }]) => ![DeletionPolicy, UpdateReplacePolicy].every(isRetain))
    .map(([id]) => `${id} holds state and is not retained`);
}

function isRetain(policy: string | undefined): boolean {
  return policy === 'Retain';
}

function indexes(before: Template, after: Template): readonly string[] {
  return stateOf(before).flatMap(([id, { Properties }]) =>
    indexProblems(id, Properties, after.Resources[id]?.Properties ?? {}),
  );
}

/** The names of the secrets are among them, and what each of the others points to is a logical id. */
function outputs(before: Template, after: Template): readonly string[] {
  return Object.entries(before.Outputs).flatMap(([name, { Value }]) => {
    const now = after.Outputs[name];
    if (now === undefined) return [`output ${name} is not there any more`];
    return isDeepStrictEqual(now.Value, Value) ? [] : [`output ${name} names something else`];
  });
}

function removedParameters(before: Template, after: Template): readonly string[] {
  return Object.entries(before.Parameters).flatMap(([name, { Type, AllowedValues = [] }]) => {
    const now = after.Parameters[name];
    if (now === undefined) return [`parameter ${name} is not there any more`];
    if (now.Type !== Type) return [`parameter ${name} is of another type`];
    const allowed = now.AllowedValues;
    const isKept =
      allowed === undefined || (AllowedValues.length > 0 && AllowedValues.every((value) => allowed.includes(value)));
    const isBound = BOUNDS.some((bound) => now[bound] !== undefined && now[bound] !== before.Parameters[name]?.[bound]);
    return isKept && !isBound ? [] : [`parameter ${name} does not take every value that it took`];
  });
}

/** One that is not as it was counts as narrower. */
const BOUNDS = ['MinValue', 'MaxValue', 'MinLength', 'MaxLength', 'AllowedPattern'];

function newParameters(before: Template, after: Template): readonly string[] {
  return Object.entries(after.Parameters)
    .filter(([name, { Default }]) => Default === undefined && !isWithoutDefault(before.Parameters[name]))
    .map(([name]) => `parameter ${name} has no default, and an upgrade gives it no value`);
}

/** Then whoever deployed has given it a value, which stays. */
function isWithoutDefault(parameter: Template['Parameters'][string] | undefined): boolean {
  return parameter !== undefined && parameter.Default === undefined;
}

function stateOf({ Resources }: Template): [string, Template['Resources'][string]][] {
  return Object.entries(Resources).filter(([, resource]) => holdsState(resource));
}
