// Secrets Manager over its JSON 1.1 protocol; no package emulates it for Node.
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Operations.html
import * as v from 'valibot';
import { captureSecret, isCapturing } from './capture.ts';
import { type HttpServer, readBody, startHttpServer } from './http-server.ts';
import { SecretStore, SecretsError, type StoredSecret } from './secret-store.ts';

const RequestSchema = v.looseObject({
  Name: v.optional(v.string()),
  SecretId: v.optional(v.string()),
  SecretString: v.optional(v.string()),
  SecretBinary: v.optional(v.string()),
  ClientRequestToken: v.optional(v.string()),
  Description: v.optional(v.string()),
  VersionId: v.optional(v.string()),
  VersionStage: v.optional(v.string()),
  Tags: v.optional(v.array(v.object({ Key: v.string(), Value: v.string() }))),
  TagKeys: v.optional(v.array(v.string()), []),
  ForceDeleteWithoutRecovery: v.optional(v.boolean(), false),
  RecoveryWindowInDays: v.optional(v.number()),
  MaxResults: v.optional(v.number(), 100),
  NextToken: v.optional(v.string()),
  IncludePlannedDeletion: v.optional(v.boolean(), false),
  Filters: v.optional(v.pipe(v.array(v.unknown()), v.empty('the local Secrets Manager filters nothing')), []),
});
type Request = v.InferOutput<typeof RequestSchema>;

const DAY_MS = 86_400_000;

export async function startSecretsManager(region: string, accountId: string): Promise<HttpServer> {
  const store = new SecretStore(region, accountId);
  return startHttpServer(async (request, response) => {
    const answer = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(body));
    };
    try {
      const input = (await readBody(request)).toString();
      if (request.headers.authorization === undefined)
        throw new SecretsError('MissingAuthenticationTokenException', 'Missing Authentication Token');
      answer(
        200,
        dispatch(store, String(request.headers['x-amz-target']), v.parse(RequestSchema, JSON.parse(input || '{}'))),
      );
    } catch (error) {
      if (error instanceof SecretsError) return answer(400, { __type: error.name, message: error.message });
      answer(400, { __type: 'InvalidParameterException', message: 'The request is not valid.' });
    }
  });
}

function dispatch(store: SecretStore, target: string, request: Request): object {
  const operation = target.replace('secretsmanager.', '');
  const perform = OPERATIONS[operation];
  if (perform === undefined)
    throw new SecretsError('UnknownOperationException', `The local Secrets Manager has no ${operation}.`);
  return perform(store, request);
}

const OPERATIONS: Readonly<Record<string, (store: SecretStore, request: Request) => object>> = {
  CreateSecret(store, { Name = '', Description, Tags = [], ...request }) {
    const secret = store.create(Name, contentOf(request));
    secret.description = Description;
    secret.tags = Tags;
    const version = [...secret.versions.keys()][0];
    return { ARN: secret.arn, Name, ...(version !== undefined && { VersionId: version }) };
  },
  GetSecretValue(store, { SecretId = '', VersionId, VersionStage }) {
    const secret = store.find(SecretId);
    const { id, text, binary, stages, createdAt } = store.version(secret, VersionId, VersionStage);
    return {
      ...named(secret),
      VersionId: id,
      SecretString: text,
      SecretBinary: binary,
      VersionStages: stages,
      CreatedDate: createdAt / 1_000,
    };
  },
  PutSecretValue(store, { SecretId = '', ...request }) {
    const secret = store.find(SecretId);
    const { id, stages } = store.put(secret, contentOf(request));
    return { ...named(secret), VersionId: id, VersionStages: stages };
  },
  UpdateSecret(store, { SecretId = '', Description, ...request }) {
    const secret = store.find(SecretId);
    if (Description !== undefined) secret.description = Description;
    const hasContent = request.SecretString !== undefined || request.SecretBinary !== undefined;
    return hasContent ? { ...named(secret), VersionId: store.put(secret, contentOf(request)).id } : named(secret);
  },
  DescribeSecret: (store, { SecretId = '' }) => describe(store.find(SecretId, { deleted: true })),
  ListSecrets(store, { MaxResults, NextToken = '0', IncludePlannedDeletion }) {
    const start = Number(NextToken);
    const all = store.all().filter(({ deletedAt }) => deletedAt === undefined || IncludePlannedDeletion);
    const end = start + MaxResults;
    return { SecretList: all.slice(start, end).map(describe), ...(end < all.length && { NextToken: String(end) }) };
  },
  ListSecretVersionIds(store, { SecretId = '' }) {
    const secret = store.find(SecretId);
    const versions = [...secret.versions.values()].map(({ id, stages, createdAt }) => ({
      VersionId: id,
      VersionStages: stages,
      CreatedDate: createdAt / 1_000,
    }));
    return { ...named(secret), Versions: versions };
  },
  DeleteSecret(store, { SecretId = '', ForceDeleteWithoutRecovery, RecoveryWindowInDays }) {
    if (ForceDeleteWithoutRecovery) return deleteAtOnce(store, SecretId, RecoveryWindowInDays);
    const days = RecoveryWindowInDays ?? 30;
    if (days < 7 || days > 30) {
      throw new SecretsError('InvalidParameterException', 'RecoveryWindowInDays must be between 7 and 30 (inclusive).');
    }
    const secret = store.find(SecretId);
    return { ...named(secret), DeletionDate: store.remove(secret, days * DAY_MS) / 1_000 };
  },
  RestoreSecret(store, { SecretId = '' }) {
    const secret = store.find(SecretId, { deleted: true });
    secret.deletedAt = undefined;
    return named(secret);
  },
  TagResource(store, { SecretId = '', Tags = [] }) {
    const secret = store.find(SecretId);
    const keys = new Set(Tags.map(({ Key }) => Key));
    secret.tags = [...secret.tags.filter(({ Key }) => !keys.has(Key)), ...Tags];
    return {};
  },
  UntagResource(store, { SecretId = '', TagKeys }) {
    const secret = store.find(SecretId);
    secret.tags = secret.tags.filter(({ Key }) => !TagKeys.includes(Key));
    return {};
  },
};

/** "If you forcibly delete an already deleted or nonexistent secret, the operation does not return ResourceNotFoundException." */
function deleteAtOnce(store: SecretStore, id: string, recoveryDays: number | undefined): object {
  if (recoveryDays !== undefined) {
    throw new SecretsError(
      'InvalidParameterException',
      "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
    );
  }
  const secret = store.tryFind(id);
  if (secret === undefined) return { ARN: store.arnOf(id), Name: id, DeletionDate: Date.now() / 1_000 };
  return { ...named(secret), DeletionDate: store.remove(secret, 0) / 1_000 };
}

function contentOf(request: Pick<Request, 'SecretString' | 'SecretBinary' | 'ClientRequestToken'>) {
  captureSecrets(request.SecretString);
  return { text: request.SecretString, binary: request.SecretBinary, token: request.ClientRequestToken };
}

/** What is secret of a stored value: by the names of its fields, or all of it where it is no JSON. */
function captureSecrets(text: string | undefined): void {
  if (text === undefined || !isCapturing()) return;
  try {
    for (const [name, value] of Object.entries(Object(JSON.parse(text)))) {
      if (typeof value === 'string' && /token|secret|key/i.test(name)) captureSecret(`${name} of a secret`, value);
    }
  } catch {
    captureSecret('value of a secret', text);
  }
}

function named({ arn, name }: StoredSecret): { ARN: string; Name: string } {
  return { ARN: arn, Name: name };
}

function describe(secret: StoredSecret): object {
  const stages = [...secret.versions.values()].map(({ id, stages: labels }) => [id, labels]);
  return {
    ...named(secret),
    Description: secret.description,
    Tags: secret.tags,
    VersionIdsToStages: Object.fromEntries(stages),
    CreatedDate: secret.createdAt / 1_000,
    LastChangedDate: secret.changedAt / 1_000,
    ...(secret.deletedAt !== undefined && { DeletedDate: secret.deletedAt / 1_000 }),
  };
}
