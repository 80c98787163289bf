// A certificate for 127.0.0.1 and localhost that is its own authority. Its PEM file lies in a directory of its own, so
// that any client (Node, Python, openssl) can be told to trust it, and is removed with the servers.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';

export interface Certificate {
  key: string;
  cert: string;
  /** The PEM file to trust. */
  file: string;
  remove(): Promise<void>;
}

/** @param commonName clients look an authority up by it: two that are trusted at once need two names */
export async function makeCertificate(commonName = 'localhost'): Promise<Certificate> {
  const made = await generate([{ name: 'commonName', value: commonName }], {
    // An elliptic curve key: made in a millisecond, and a handshake costs a tenth of RSA's.
    keyType: 'ec',
    algorithm: 'sha256',
    // Tests with a clock of their own start before now.
    notBeforeDate: new Date(Date.now() - 24 * 60 * 60 * 1000),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  const directory = await mkdtemp(join(tmpdir(), 'mailroom-google-'));
  const file = join(directory, 'ca.pem');
  await writeFile(file, made.cert);
  return { key: made.private, cert: made.cert, file, remove: () => rm(directory, { recursive: true, force: true }) };
}
