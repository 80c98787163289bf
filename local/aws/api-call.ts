// Which action on which resource an AWS request is, as IAM names them.
// https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
import * as v from 'valibot';
import type { ApiCall } from './policy.ts';

export type Service = 'lambda' | 'sqs' | 's3' | 'dynamodb' | 'secretsmanager' | 'cloudformation' | 'events';

export interface ApiRequest {
  readonly method: string;
  readonly url: string;
  /** `x-amz-target`. */
  readonly target: string;
  /** Empty where it says nothing of the action, such as an object's content. */
  readonly body: string;
}

export interface Place {
  readonly region: string;
  readonly accountId: string;
}

const KeySchema = v.object({ key: v.object({ S: v.string() }) });
const BodySchema = v.looseObject({
  TableName: v.optional(v.string()),
  IndexName: v.optional(v.string()),
  Key: v.optional(KeySchema),
  Item: v.optional(KeySchema),
  QueueUrl: v.optional(v.string()),
  SecretId: v.optional(v.string()),
  Name: v.optional(v.string()),
  Entries: v.optional(
    v.array(v.looseObject({ Source: v.optional(v.string()), EventBusName: v.optional(v.string(), 'default') })),
    [],
  ),
});
type Body = v.InferOutput<typeof BodySchema>;

/** @returns what the request needs to be allowed, all of it; undefined for one that is not known here */
export function readApiCalls(service: Service, request: ApiRequest, place: Place): readonly ApiCall[] | undefined {
  if (service === 'cloudformation') return stackCalls(request, place);
  const call = readApiCall(service, request, place);
  return call && [call];
}

type OneCallService = Exclude<Service, 'cloudformation'>;

function readApiCall(service: OneCallService, request: ApiRequest, place: Place): ApiCall | undefined {
  const operation = request.target.split('.').at(-1) ?? '';
  switch (service) {
    case 'lambda':
      return invocation(request, place);
    case 's3':
      return objectCall(request);
    case 'sqs':
      return queueCall(operation.replace(/Batch$/, ''), bodyOf(request), place);
    case 'dynamodb':
      return tableCall(operation, bodyOf(request), place);
    case 'secretsmanager':
      return secretCall(operation, bodyOf(request), place);
    case 'events':
      return eventCall(operation, bodyOf(request), place);
  }
}

function bodyOf({ body }: ApiRequest): Body {
  return v.parse(BodySchema, JSON.parse(body || '{}'));
}

function invocation({ url }: ApiRequest, { region, accountId }: Place): ApiCall | undefined {
  const [, encoded] = /^\/2015-03-31\/functions\/([^/?]+)\/invocations(?:\?|$)/.exec(url) ?? [];
  if (encoded === undefined) return undefined;
  const name = decodeURIComponent(encoded);
  const resource = name.startsWith('arn:') ? name : `arn:aws:lambda:${region}:${accountId}:function:${name}`;
  return { action: 'lambda:InvokeFunction', resource, keys: {} };
}

const OBJECT_ACTIONS: Readonly<Record<string, string>> = {
  GET: 's3:GetObject',
  HEAD: 's3:GetObject',
  PUT: 's3:PutObject',
  // The beginning and the end of a multipart upload.
  POST: 's3:PutObject',
  DELETE: 's3:DeleteObject',
};

const BUCKET_ACTIONS: Readonly<Record<string, string>> = {
  GET: 's3:ListBucket',
  HEAD: 's3:ListBucket',
  PUT: 's3:CreateBucket',
  DELETE: 's3:DeleteBucket',
};

function objectCall({ method, url }: ApiRequest): ApiCall | undefined {
  const [path = '', query] = url.split('?');
  const [bucket = '', ...key] = decodeURIComponent(path).slice(1).split('/');
  const isBucket = key.join('/') === '';
  const action = (isBucket ? BUCKET_ACTIONS : OBJECT_ACTIONS)[method];
  if (action === undefined || bucket === '') return undefined;
  const prefix = new URLSearchParams(query).get('prefix');
  return {
    action,
    resource: `arn:aws:s3:::${isBucket ? bucket : [bucket, ...key].join('/')}`,
    keys: prefix === null ? {} : { 's3:prefix': [prefix] },
  };
}

/** Without a name DescribeStacks lists, which is a right of its own: https://github.com/jogold/cloudstructs/issues/215 */
function stackCalls({ body }: ApiRequest, { region, accountId }: Place): readonly ApiCall[] | undefined {
  const parameters = new URLSearchParams(body);
  if (parameters.get('Action') !== 'DescribeStacks') return undefined;
  const name = parameters.get('StackName');
  const stack = `arn:aws:cloudformation:${region}:${accountId}:stack`;
  const resource = name?.startsWith('arn:') ? name : `${stack}/${name ?? '*'}/*`;
  const actions = ['cloudformation:DescribeStacks', ...(name === null ? ['cloudformation:ListStacks'] : [])];
  return actions.map((action) => ({ action, resource, keys: {} }));
}

function queueCall(operation: string, { QueueUrl = '' }: Body, { region, accountId }: Place): ApiCall {
  return {
    action: `sqs:${operation}`,
    resource: `arn:aws:sqs:${region}:${accountId}:${QueueUrl.split('/').at(-1)}`,
    keys: {},
  };
}

function tableCall(
  operation: string,
  { TableName, IndexName, Key, Item }: Body,
  { region, accountId }: Place,
): ApiCall {
  const table = `arn:aws:dynamodb:${region}:${accountId}:table/${TableName}`;
  const leadingKeys = [Key, Item].flatMap((found) => (found === undefined ? [] : [found.key.S]));
  return {
    action: `dynamodb:${operation}`,
    resource: IndexName === undefined ? table : `${table}/index/${IndexName}`,
    keys: leadingKeys.length > 0 ? { 'dynamodb:LeadingKeys': leadingKeys } : {},
  };
}

/** A secret's ARN ends in six characters that nobody knows beforehand: policies end in a wildcard. */
function secretCall(operation: string, { SecretId, Name }: Body, { region, accountId }: Place): ApiCall {
  const id = SecretId ?? Name ?? '';
  const resource = id.startsWith('arn:') ? id : `arn:aws:secretsmanager:${region}:${accountId}:secret:${id}-AbCdEf`;
  return { action: `secretsmanager:${operation}`, resource, keys: {} };
}

/** One bus for a request, which is what Mailroom does: AWS asks for each entry's. */
function eventCall(operation: string, { Entries }: Body, { region, accountId }: Place): ApiCall {
  const bus = Entries[0]?.EventBusName ?? 'default';
  const sources = Entries.flatMap(({ Source }) => (Source === undefined ? [] : [Source]));
  return {
    action: `events:${operation}`,
    resource: bus.startsWith('arn:') ? bus : `arn:aws:events:${region}:${accountId}:event-bus/${bus}`,
    keys: { 'events:source': sources },
  };
}
