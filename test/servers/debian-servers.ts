// Dovecot and Postfix from Debian, started without systemd from a folder of their own, and ended by their process ids.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificate } from '../../local/google/certificates.ts';
import type { GoogleServers } from '../../local/mailroom.ts';
import { dovecotFiles, type Places, postfixFiles } from './configuration.ts';

export interface DebianServers extends GoogleServers {
  /** The mails of an account, each as its bytes. */
  mails(address: string, folder: 'INBOX' | 'Sent'): readonly string[];
  /** Every mail of an INBOX gets another UID, under another UIDVALIDITY: Dovecot has lost its index. */
  renewUids(address: string): void;
  /** How many mails Postfix still has. */
  queued(): number;
  log(): string;
  stop(): Promise<void>;
}

/** Why they cannot run on this machine; undefined where they can. */
export function whyNot(): string | undefined {
  if (process.getuid?.() !== 0) return 'Postfix starts as root only';
  for (const program of ['dovecot', '/usr/lib/dovecot/pop3', '/usr/lib/postfix/sbin/master']) {
    try {
      execFileSync('which', [program], { stdio: 'ignore' });
    } catch {
      return `${program} is not installed (apt-get install postfix dovecot-imapd dovecot-pop3d dovecot-lmtpd dovecot-sieve)`;
    }
  }
  return undefined;
}

export async function startDebianServers(oauth: string, accounts: readonly string[]): Promise<DebianServers> {
  const folder = mkdtempSync(join(tmpdir(), 'mailroom-servers-'));
  // Their processes run under users of their own.
  chmodSync(folder, 0o755);
  const certificate = await makeCertificate('servers.localhost');
  const [smtps, imaps, lmtp, auth, pop3s] = await freePorts();
  const user = { name: 'postfix', uid: idOf('-u', 'postfix'), gid: idOf('-g', 'postfix') };
  const files = { key: join(folder, 'key.pem'), cert: join(folder, 'cert.pem') };
  const places: Places = {
    folder,
    oauth,
    accounts,
    user,
    ports: { smtps, imaps, lmtp, auth, pop3s },
    certificate: files,
  };
  for (const name of ['run', 'state', 'mail', 'queue', 'postfix', 'postfix-data']) mkdirSync(join(folder, name));
  chownSync(join(folder, 'mail'), user.uid, user.gid);
  chownSync(join(folder, 'postfix-data'), user.uid, user.gid);
  const all = {
    ...dovecotFiles(places),
    ...postfixFiles(places),
    'key.pem': certificate.key,
    'cert.pem': certificate.cert,
  };
  for (const [name, content] of Object.entries(all)) writeFileSync(join(folder, name), content);
  chmodSync(files.key, 0o600);
  const processes = [startDovecot(folder), startPostfix(folder)];
  for (const port of [smtps, imaps, lmtp, auth, pop3s]) await listens(port, () => logOf(folder));
  const at = (port: number) => ({ host: '127.0.0.1', port });
  return {
    oauth,
    smtps: at(smtps),
    smtp: at(smtps),
    imap: at(imaps),
    pop3: at(pop3s),
    ca: certificate.file,
    mails: (address, name) => readMails(join(folder, 'mail', address, ...(name === 'INBOX' ? [] : ['.Sent']))),
    renewUids(address) {
      const maildir = join(folder, 'mail', address);
      for (const name of readdirSync(maildir)) if (name.startsWith('dovecot')) rmSync(join(maildir, name));
    },
    queued: () => QUEUES.reduce((count, name) => count + countFiles(join(folder, 'queue', name)), 0),
    log: () => logOf(folder),
    async stop() {
      await Promise.all(processes.map(end));
      await certificate.remove();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function startDovecot(folder: string): ChildProcess {
  return spawn('dovecot', ['-F', '-c', join(folder, 'dovecot.conf')], { stdio: 'ignore' });
}

function startPostfix(folder: string): ChildProcess {
  const configuration = join(folder, 'postfix');
  // Makes the queue's folders, and says what is wrong with the configuration.
  execFileSync('postfix', ['-c', configuration, 'check'], { stdio: 'pipe' });
  const env = { ...process.env, MAIL_CONFIG: configuration };
  return spawn('/usr/lib/postfix/sbin/master', ['-c', configuration, '-d'], { stdio: 'ignore', env });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

function idOf(option: '-u' | '-g', user: string): number {
  return Number(execFileSync('id', [option, user]));
}

async function freePorts(): Promise<readonly [number, number, number, number, number]> {
  const servers = [createServer(), createServer(), createServer(), createServer(), createServer()];
  const ports = await Promise.all(
    servers.map(async (server) => {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const address = server.address();
      return typeof address === 'object' && address !== null ? address.port : 0;
    }),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  const [smtps = 0, imaps = 0, lmtp = 0, auth = 0, pop3s = 0] = ports;
  return [smtps, imaps, lmtp, auth, pop3s];
}

async function listens(port: number, log: () => string): Promise<void> {
  for (let tried = 0; tried < 200; tried += 1) {
    const socket = connect({ host: '127.0.0.1', port });
    const isOpen = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (isOpen) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`nothing listens on port ${port}:\n${log()}`);
}

function logOf(folder: string): string {
  return ['dovecot.log', 'postfix.log']
    .map((name) => {
      try {
        return readFileSync(join(folder, name), 'utf8');
      } catch {
        return '';
      }
    })
    .join('\n');
}

const QUEUES = ['maildrop', 'incoming', 'active', 'deferred'];

function countFiles(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;
}

/** Of a Maildir, whatever was seen of it. */
function readMails(maildir: string): readonly string[] {
  return ['new', 'cur'].flatMap((part) => {
    try {
      return readdirSync(join(maildir, part)).map((name) => readFileSync(join(maildir, part, name), 'latin1'));
    } catch {
      return [];
    }
  });
}
