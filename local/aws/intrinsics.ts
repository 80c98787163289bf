// CloudFormation's intrinsic functions and pseudo parameters, resolved against what has been provisioned.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html

export interface ResolverScope {
  /** The value of `Ref`: a parameter, a pseudo parameter or a resource's physical id. */
  ref(name: string): Promise<unknown>;
  attribute(logicalId: string, attribute: string): Promise<unknown>;
  condition(name: string): unknown;
}

type Intrinsic = (argument: unknown, scope: ResolverScope) => Promise<unknown>;

/** Stands for `AWS::NoValue`: the property it would be the value of is left out. */
const NO_VALUE = Symbol('AWS::NoValue');

const INTRINSICS: Readonly<Record<string, Intrinsic>> = {
  Ref: (name, scope) => (name === 'AWS::NoValue' ? Promise.resolve(NO_VALUE) : scope.ref(text(name, 'Ref'))),
  'Fn::GetAtt': async (argument, scope) => {
    const [logicalId, ...path] = typeof argument === 'string' ? argument.split('.') : list(argument, 'Fn::GetAtt');
    return scope.attribute(text(logicalId, 'Fn::GetAtt'), path.join('.'));
  },
  'Fn::Join': async (argument, scope) => {
    const [separator, parts] = list(argument, 'Fn::Join');
    return list(await resolve(parts, scope), 'Fn::Join')
      .map(String)
      .join(text(separator, 'Fn::Join'));
  },
  'Fn::Sub': substitute,
  'Fn::Select': async (argument, scope) => {
    const [index, from] = list(argument, 'Fn::Select');
    return list(await resolve(from, scope), 'Fn::Select')[Number(index)];
  },
  'Fn::Split': async (argument, scope) => {
    const [separator, whole] = list(argument, 'Fn::Split');
    return text(await resolve(whole, scope), 'Fn::Split').split(text(separator, 'Fn::Split'));
  },
  'Fn::If': async (argument, scope) => {
    const [name, yes, no] = list(argument, 'Fn::If');
    const isTrue = await resolve(scope.condition(text(name, 'Fn::If')), scope);
    return resolveOrNothing(isTrue ? yes : no, scope);
  },
  'Fn::Equals': async (argument, scope) => {
    const [one, other] = list(await resolve(argument, scope), 'Fn::Equals');
    return one === other;
  },
  'Fn::Not': async (argument, scope) => !list(await resolve(argument, scope), 'Fn::Not')[0],
  'Fn::And': async (argument, scope) => list(await resolve(argument, scope), 'Fn::And').every(Boolean),
  'Fn::Or': async (argument, scope) => list(await resolve(argument, scope), 'Fn::Or').some(Boolean),
  Condition: (name, scope) => resolve(scope.condition(text(name, 'Condition')), scope),
};

/** @throws Error naming an intrinsic function that is not known here: nothing is passed over in silence */
export async function resolve(value: unknown, scope: ResolverScope): Promise<unknown> {
  const resolved = await resolveOrNothing(value, scope);
  return resolved === NO_VALUE ? undefined : resolved;
}

async function resolveOrNothing(value: unknown, scope: ResolverScope): Promise<unknown> {
  if (Array.isArray(value)) {
    const items = await Promise.all(value.map((item) => resolveOrNothing(item, scope)));
    return items.filter((item) => item !== NO_VALUE);
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [only] = entries;
  if (entries.length === 1 && only !== undefined && isIntrinsicName(only[0])) {
    const intrinsic = INTRINSICS[only[0]];
    if (intrinsic === undefined) throw new Error(`${only[0]} is not an intrinsic function that the local AWS knows`);
    return intrinsic(only[1], scope);
  }
  const resolved = await Promise.all(
    entries.map(async ([key, item]) => [key, await resolveOrNothing(item, scope)] as const),
  );
  return Object.fromEntries(resolved.filter(([, item]) => item !== NO_VALUE));
}

function isIntrinsicName(name: string): boolean {
  return name === 'Ref' || name === 'Condition' || name.startsWith('Fn::');
}

async function substitute(argument: unknown, scope: ResolverScope): Promise<string> {
  const [template, given] = Array.isArray(argument) ? argument : [argument, {}];
  const values = Object(await resolve(given ?? {}, scope));
  const parts = text(template, 'Fn::Sub').split(/(\$\{[^}]+\})/);
  const resolved = parts.map(async (part) => {
    const [, name] = /^\$\{([^!][^}]*)\}$/.exec(part) ?? [];
    if (name === undefined) return part.replace(/^\$\{!/, '${');
    if (Object.hasOwn(values, name)) return String(values[name]);
    const [logicalId = '', ...path] = name.split('.');
    return String(path.length > 0 ? await scope.attribute(logicalId, path.join('.')) : await scope.ref(name));
  });
  return (await Promise.all(resolved)).join('');
}

function text(value: unknown, where: string): string {
  if (typeof value === 'string') return value;
  throw new Error(`${where} was given ${typeof value}, expected text`);
}

function list(value: unknown, where: string): unknown[] {
  if (Array.isArray(value)) return value;
  throw new Error(`${where} was given ${typeof value}, expected a list`);
}
