// SMTP, line by line: commands may be pipelined (RFC 2920), so each reply is matched with the command that it answers.
import type { Socket } from 'node:net';
import { Conversation, corrupted } from './conversation.ts';
import type { Fault, FaultScript } from './fault.ts';

/** What the client waits for an answer to, in order. */
type Pending =
  | { readonly kind: 'forwarded'; readonly verb: string; readonly fault?: Fault | undefined }
  | { readonly kind: 'answered'; readonly reply: string };

const DOT = Buffer.from('\r\n.\r\n');

export class SmtpConversation extends Conversation {
  #fromClient = Buffer.alloc(0);
  #fromServer = Buffer.alloc(0);
  #isBody = false;
  #bodyFault: Fault | undefined;
  #passed = 0;
  readonly #pending: Pending[] = [{ kind: 'forwarded', verb: 'greeting' }];

  constructor(client: Socket, server: Socket, script: FaultScript) {
    super(client, server, script, 'smtp');
  }

  protected async fromClient(chunk: Buffer): Promise<void> {
    this.#fromClient = Buffer.concat([this.#fromClient, chunk]);
    while (this.#fromClient.length > 0) {
      const isDone = this.#isBody ? await this.#body() : await this.#command();
      if (isDone) return;
    }
  }

  protected async fromServer(chunk: Buffer): Promise<void> {
    this.#fromServer = Buffer.concat([this.#fromServer, chunk]);
    for (let end = endOfReply(this.#fromServer); end > 0; end = endOfReply(this.#fromServer)) {
      const reply = this.#fromServer.subarray(0, end);
      this.#fromServer = this.#fromServer.subarray(end);
      await this.#answer(reply);
    }
  }

  /** Answers whether it needs more bytes. */
  async #command(): Promise<boolean> {
    const end = this.#fromClient.indexOf('\n') + 1;
    if (end === 0) return true;
    const line = this.#fromClient.subarray(0, end);
    this.#fromClient = this.#fromClient.subarray(end);
    const verb = /^[A-Za-z]*/.exec(line.toString('latin1'))?.[0].toUpperCase() ?? '';
    const fault = this.take(verb);
    if (fault?.action.kind === 'reply') {
      this.#pending.push({ kind: 'answered', reply: `${fault.action.text}\r\n` });
      this.#sayAnswered();
      return false;
    }
    if (fault !== undefined) await this.act(fault, line, this.server);
    this.#pending.push({ kind: 'forwarded', verb, fault });
    this.server.write(line);
    return false;
  }

  /** The final dot is held back until it is known that it may pass. */
  async #body(): Promise<boolean> {
    const dot = this.#fromClient.indexOf(DOT);
    const safe = dot >= 0 ? dot : Math.max(0, this.#fromClient.length - DOT.length + 1);
    await this.#passBody(this.#fromClient.subarray(0, safe));
    this.#fromClient = this.#fromClient.subarray(safe);
    if (dot < 0) return true;
    this.#isBody = false;
    this.#fromClient = this.#fromClient.subarray(DOT.length);
    const fault = this.take('dot');
    if (fault?.action.kind === 'reply') {
      // The server is left in the middle of a mail that it must not take.
      this.client.end(`${fault.action.text}\r\n`);
      this.server.destroy();
      return true;
    }
    if (fault !== undefined) await this.act(fault, DOT, this.server);
    this.#pending.push({ kind: 'forwarded', verb: 'after-dot' });
    this.server.write(DOT);
    return false;
  }

  async #passBody(bytes: Buffer): Promise<void> {
    this.#bodyFault ??= this.take('body');
    const { byte = 0, action } = this.#bodyFault ?? {};
    let passing = bytes;
    if (this.#bodyFault !== undefined && this.#passed + bytes.length > byte) {
      const here = { ...this.#bodyFault, byte: byte - this.#passed };
      await this.act(here, bytes, this.server);
      if (action?.kind === 'corrupt') passing = corrupted(bytes, here);
      this.#bodyFault = undefined;
    }
    this.#passed += bytes.length;
    this.server.write(passing);
  }

  async #answer(reply: Buffer): Promise<void> {
    const pending = this.#pending.shift();
    const verb = pending?.kind === 'forwarded' ? pending.verb : '';
    const isOwnPoint = verb === 'greeting' || verb === 'after-dot';
    const fault =
      pending?.kind === 'forwarded' ? (pending.fault ?? (isOwnPoint ? this.take(verb) : undefined)) : undefined;
    if (fault !== undefined && isOwnPoint) await this.act(fault, reply, this.client);
    if (verb === 'DATA' && reply.subarray(0, 3).toString() === '354') this.#beginBody();
    if (fault?.action.kind === 'corrupt') this.client.write(corrupted(reply, fault));
    else if (fault?.action.kind === 'reply') this.client.write(`${fault.action.text}\r\n`);
    else this.client.write(reply);
    this.#sayAnswered();
  }

  #beginBody(): void {
    this.#isBody = true;
    this.#passed = 0;
  }

  /** What the proxy answers in the server's place, when all that was asked before has been answered. */
  #sayAnswered(): void {
    for (let [next] = this.#pending; next?.kind === 'answered'; [next] = this.#pending) {
      this.client.write(next.reply);
      this.#pending.shift();
    }
  }
}

/** Of the first reply in the buffer: a line whose code is followed by a space (RFC 5321 section 4.2.1); 0 where it is not all there. */
function endOfReply(buffer: Buffer): number {
  for (let start = 0; start < buffer.length; ) {
    const end = buffer.indexOf('\n', start) + 1;
    if (end === 0) return 0;
    if (buffer[start + 3] !== 0x2d) return end;
    start = end;
  }
  return 0;
}
