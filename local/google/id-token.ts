// The id_token of an `openid` grant, signed with RS256 as Google's, so that google-auth-library can verify it against
// /oauth2/v3/certs. The key is made when the first token is asked for: most runs never need one.
import { createHash, generateKeyPair, type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';

interface Claims {
  address: string;
  clientId: string;
  nonce: string | undefined;
  now: number;
  lifetimeSeconds: number;
}

export class IdTokens {
  #keys: Promise<{ publicKey: KeyObject; privateKey: KeyObject }> | undefined;

  async issue(of: Claims): Promise<string> {
    const { privateKey } = await this.#keyPair();
    const issuedAt = Math.floor(of.now / 1000);
    const claims = {
      iss: 'https://accounts.google.com',
      azp: of.clientId,
      aud: of.clientId,
      sub: subjectOf(of.address),
      email: of.address,
      email_verified: true,
      ...(of.nonce !== undefined && { nonce: of.nonce }),
      iat: issuedAt,
      exp: issuedAt + of.lifetimeSeconds,
    };
    const signed = `${encode({ alg: 'RS256', kid: 'local', typ: 'JWT' })}.${encode(claims)}`;
    return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`;
  }

  async certificates(): Promise<{ keys: unknown[] }> {
    const { publicKey } = await this.#keyPair();
    return { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'local', alg: 'RS256', use: 'sig' }] };
  }

  /** Google's older form, which google-auth-library reads on Node: key id → PEM. */
  async pemCertificates(): Promise<Record<string, string>> {
    const { publicKey } = await this.#keyPair();
    return { local: publicKey.export({ format: 'pem', type: 'spki' }).toString() };
  }

  #keyPair(): Promise<{ publicKey: KeyObject; privateKey: KeyObject }> {
    this.#keys ??= promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
    return this.#keys;
  }
}

/** Google's account id: 21 digits, stable for an account. */
export function subjectOf(address: string): string {
  const digest = createHash('sha256').update(address).digest('hex').slice(0, 16);
  return `1${BigInt(`0x${digest}`).toString().padStart(20, '0').slice(0, 20)}`;
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
