// The secrets of the local Secrets Manager: versions, their stages, and deletion with a recovery window.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html
import { randomBytes, randomUUID } from 'node:crypto';

export class SecretsError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

export interface SecretVersion {
  readonly id: string;
  readonly text?: string | undefined;
  readonly binary?: string | undefined;
  stages: string[];
  readonly createdAt: number;
}

export interface StoredSecret {
  readonly name: string;
  readonly arn: string;
  description?: string | undefined;
  readonly versions: Map<string, SecretVersion>;
  tags: { Key: string; Value: string }[];
  deletedAt?: number | undefined;
  readonly createdAt: number;
  changedAt: number;
}

export interface SecretContent {
  readonly text?: string | undefined;
  readonly binary?: string | undefined;
  readonly token?: string | undefined;
}

/** https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html */
const MAX_BYTES = 65_536;
/** AWS removes old versions beyond these, but none that is younger than a day. */
const MAX_VERSIONS = 100;
const DAY_MS = 86_400_000;
/** A forced deletion goes on in the background: for how many tries its name is not free yet. */
const TRIES_UNTIL_GONE = 2;

export class SecretStore {
  readonly #secrets = new Map<string, StoredSecret>();
  /** Tries to create it that are still refused, by name. */
  readonly #vanishing = new Map<string, number>();
  readonly #arnPrefix: string;

  constructor(region: string, accountId: string) {
    this.#arnPrefix = `arn:aws:secretsmanager:${region}:${accountId}:secret:`;
  }

  all(): readonly StoredSecret[] {
    return [...this.#secrets.values()];
  }

  create(name: string, content: SecretContent): StoredSecret {
    if (!/^[\w/+=.@-]{1,512}$/.test(name)) throw new SecretsError('InvalidParameterException', 'Invalid name.');
    const existing = this.#secrets.get(name);
    if (existing?.deletedAt !== undefined || this.#isVanishing(name)) {
      throw new SecretsError(
        'InvalidRequestException',
        "You can't create this secret because a secret with this name is already scheduled for deletion.",
      );
    }
    if (existing !== undefined) {
      throw new SecretsError(
        'ResourceExistsException',
        `The operation failed because the secret ${name} already exists.`,
      );
    }
    const suffix = randomBytes(12).toString('base64').replace(/\W/g, '').padEnd(6, 'x').slice(0, 6);
    const now = Date.now();
    const secret = {
      name,
      arn: `${this.#arnPrefix}${name}-${suffix}`,
      versions: new Map(),
      tags: [],
      createdAt: now,
      changedAt: now,
    };
    this.#secrets.set(name, secret);
    if (content.text !== undefined || content.binary !== undefined) this.put(secret, content);
    return secret;
  }

  /** Of a secret that is not there: without a suffix. */
  arnOf(id: string): string {
    return id.startsWith('arn:') ? id : `${this.#arnPrefix}${id}`;
  }

  /** By name, ARN, or ARN without its suffix. */
  tryFind(id: string): StoredSecret | undefined {
    return this.all().find(({ name, arn }) => id === name || id === arn || id === arn.slice(0, -7));
  }

  find(id: string, { deleted = false } = {}): StoredSecret {
    const secret = this.tryFind(id);
    if (secret === undefined)
      throw new SecretsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    if (secret.deletedAt !== undefined && !deleted) {
      throw new SecretsError(
        'InvalidRequestException',
        "You can't perform this operation on the secret because it was marked for deletion.",
      );
    }
    return secret;
  }

  put(secret: StoredSecret, { text, binary, token = randomUUID() }: SecretContent): SecretVersion {
    if (text === undefined && binary === undefined) {
      throw new SecretsError('InvalidParameterException', 'You must provide either SecretString or SecretBinary.');
    }
    if (Buffer.byteLength(text ?? binary ?? '') > MAX_BYTES)
      throw new SecretsError('InvalidParameterException', 'SecretString is too long.');
    const repeated = secret.versions.get(token);
    if (repeated !== undefined) {
      if (repeated.text === text && repeated.binary === binary) return repeated;
      throw new SecretsError(
        'ResourceExistsException',
        'You provided a ClientRequestToken that was used for another value.',
      );
    }
    const now = Date.now();
    const young = [...secret.versions.values()].filter(({ createdAt }) => createdAt > now - DAY_MS);
    if (young.length >= MAX_VERSIONS) {
      throw new SecretsError('LimitExceededException', 'You have too many versions of this secret.');
    }
    const version: SecretVersion = { id: token, text, binary, stages: [], createdAt: now };
    secret.versions.set(token, version);
    secret.changedAt = version.createdAt;
    makeCurrent(secret, version);
    return version;
  }

  version(secret: StoredSecret, id: string | undefined, stage = 'AWSCURRENT'): SecretVersion {
    const found = [...secret.versions.values()].find((version) =>
      id === undefined ? version.stages.includes(stage) : version.id === id,
    );
    if (found !== undefined) return found;
    throw new SecretsError(
      'ResourceNotFoundException',
      `Secrets Manager can't find the specified secret value for ${id ?? `staging label: ${stage}`}`,
    );
  }

  remove(secret: StoredSecret, recoveryMs: number): number {
    const at = Date.now() + recoveryMs;
    if (recoveryMs > 0) {
      secret.deletedAt = at;
      return at;
    }
    this.#secrets.delete(secret.name);
    this.#vanishing.set(secret.name, TRIES_UNTIL_GONE);
    return at;
  }

  #isVanishing(name: string): boolean {
    const tries = this.#vanishing.get(name);
    if (tries === undefined) return false;
    if (tries > 1) this.#vanishing.set(name, tries - 1);
    else this.#vanishing.delete(name);
    return true;
  }
}

function makeCurrent(secret: StoredSecret, current: SecretVersion): void {
  const previous = [...secret.versions.values()].find((version) => version.stages.includes('AWSCURRENT'));
  for (const version of secret.versions.values()) {
    version.stages = version.stages.filter((stage) => stage !== 'AWSCURRENT' && stage !== 'AWSPREVIOUS');
  }
  if (previous !== undefined && previous !== current) previous.stages.push('AWSPREVIOUS');
  current.stages.push('AWSCURRENT');
}
