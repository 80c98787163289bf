// A socket that a test types into: sends bytes as they are and waits for an answer by pattern. Nothing of a protocol
// is in here, so that a test shows every byte that matters.
import { readFileSync } from 'node:fs';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { LocalGoogle } from '../../../local/google/google.ts';

const timeoutMs = 5000;

export class RawClient {
  #socket: Socket;
  #text = '';
  #closed = false;
  #news: () => void = () => {};

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#listen(socket);
  }

  /** Everything up to and with the first match, taken off. */
  async until(pattern: RegExp): Promise<string> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const found = pattern.exec(this.#text);
      if (found) {
        const end = found.index + found[0].length;
        const taken = this.#text.slice(0, end);
        this.#text = this.#text.slice(end);
        return taken;
      }
      if (this.#closed) throw new Error(`Closed before ${pattern}: ${this.#text}`);
      await this.#wait(deadline, `No ${pattern} in: ${this.#text.slice(0, 2000)}`);
    }
  }

  /** A whole SMTP reply, of however many lines. */
  reply(): Promise<string> {
    return this.until(/^(?:\d{3}-.*\r\n)*\d{3} .*\r\n/);
  }

  async smtp(line: string): Promise<string> {
    this.send(`${line}\r\n`);
    return this.reply();
  }

  /** Sends an IMAP command and gives everything up to its tagged answer. */
  imap(command: string, tag = 'a'): Promise<string> {
    this.send(`${tag} ${command}\r\n`);
    return this.until(new RegExp(`(?:^|\\r\\n)${tag} (?:OK|NO|BAD)[^\\r\\n]*\\r\\n`));
  }

  /** Sends a POP3 command and gives its one line, or all lines up to the lone dot. */
  async pop3(command: string, lines: 'one' | 'all' = 'one'): Promise<string> {
    this.send(`${command}\r\n`);
    return this.until(lines === 'one' ? /^.*\r\n/ : /^(?:-ERR[^\n]*\n|\+OK.*?\r\n\.\r\n)/s);
  }

  send(data: string | Uint8Array): void {
    this.#socket.write(typeof data === 'string' ? Buffer.from(data, 'utf8') : data);
  }

  async closed(): Promise<string> {
    const deadline = Date.now() + timeoutMs;
    while (!this.#closed) await this.#wait(deadline, 'The server did not close');
    return this.#text;
  }

  startTls(ca: string): Promise<void> {
    this.#socket.removeAllListeners();
    const secure = connectTls({ socket: this.#socket, ca: readFileSync(ca), host: '127.0.0.1' });
    this.#socket = secure;
    this.#listen(secure);
    return new Promise((resolve, reject) => {
      secure.once('secureConnect', resolve);
      secure.once('error', reject);
    });
  }

  end(): void {
    this.#socket.destroy();
  }

  #listen(socket: Socket): void {
    socket.on('data', (data) => {
      this.#text += data.toString('utf8');
      this.#news();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#closed = true;
      this.#news();
    });
  }

  #wait(deadline: number, why: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(why)), Math.max(0, deadline - Date.now()));
      this.#news = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

export async function dialTls(google: LocalGoogle, server: 'smtps' | 'imap' | 'pop3'): Promise<RawClient> {
  const { host, port } = google.endpoints[server];
  const socket = connectTls({ host, port, ca: readFileSync(google.endpoints.ca) });
  const client = new RawClient(socket);
  await new Promise((resolve, reject) => {
    socket.once('secureConnect', resolve);
    socket.once('error', reject);
  });
  return client;
}

export async function dialPlain(google: LocalGoogle): Promise<RawClient> {
  const { host, port } = google.endpoints.smtp;
  const socket = connectTcp({ host, port });
  const client = new RawClient(socket);
  await new Promise((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  return client;
}

export function xoauth2(address: string, token: string): string {
  return Buffer.from(`user=${address}\x01auth=Bearer ${token}\x01\x01`).toString('base64');
}

export function oauthbearer(address: string, token: string): string {
  return Buffer.from(`n,a=${address},\x01host=127.0.0.1\x01port=1\x01auth=Bearer ${token}\x01\x01`).toString('base64');
}

/** An SMTP session behind its AUTH. */
export async function smtpLoggedIn(google: LocalGoogle, address: string): Promise<RawClient> {
  const client = await dialTls(google, 'smtps');
  await client.reply();
  await client.smtp('EHLO client.example');
  const said = await client.smtp(`AUTH XOAUTH2 ${xoauth2(address, await google.account(address).accessToken())}`);
  if (!said.startsWith('235')) throw new Error(said);
  return client;
}

export async function imapLoggedIn(google: LocalGoogle, address: string): Promise<RawClient> {
  const client = await dialTls(google, 'imap');
  await client.until(/^\* OK .*\r\n/);
  const response = xoauth2(address, await google.account(address).accessToken());
  const said = await client.imap(`AUTHENTICATE XOAUTH2 ${response}`);
  if (!said.includes('a OK')) throw new Error(said);
  return client;
}

/** A POP3 session behind its AUTH. */
export async function pop3LoggedIn(
  google: LocalGoogle,
  address: string,
  mode: '' | 'recent:' = '',
): Promise<RawClient> {
  const client = await dialTls(google, 'pop3');
  await client.until(/^\+OK .*\r\n/);
  await client.pop3('AUTH XOAUTH2');
  const response = xoauth2(`${mode}${address}`, await google.account(address).accessToken());
  const said = await client.pop3(response);
  if (!said.startsWith('+OK')) throw new Error(said);
  return client;
}

export function mail(fields: Record<string, string>, body = 'Hello\r\n'): string {
  const header = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${header.join('')}\r\n${body}`;
}
