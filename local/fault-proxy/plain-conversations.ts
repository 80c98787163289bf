// IMAP by its commands, and HTTP as one request and one response.
import type { Socket } from 'node:net';
import { Conversation, corrupted } from './conversation.ts';
import type { Fault, FaultScript } from './fault.ts';

export class ImapConversation extends Conversation {
  #line = Buffer.alloc(0);
  #isGreeted = false;
  #corrupting: Fault | undefined;
  /** After COMPRESS (RFC 4978) nothing can be told apart. */
  #isCompressed = false;

  constructor(client: Socket, server: Socket, script: FaultScript) {
    super(client, server, script, 'imap');
  }

  protected async fromClient(chunk: Buffer): Promise<void> {
    if (this.#isCompressed) return void this.server.write(chunk);
    this.#line = Buffer.concat([this.#line, chunk]);
    for (let end = this.#line.indexOf('\n') + 1; end > 0; end = this.#line.indexOf('\n') + 1) {
      const line = this.#line.subarray(0, end);
      this.#line = this.#line.subarray(end);
      await this.#command(line);
    }
  }

  protected async fromServer(chunk: Buffer): Promise<void> {
    const fault = this.#isGreeted ? undefined : this.take('greeting');
    this.#isGreeted = true;
    if (fault !== undefined) await this.act(fault, chunk, this.client);
    const corrupting = fault?.action.kind === 'corrupt' ? fault : this.#corrupting;
    this.#corrupting = undefined;
    if (fault?.action.kind === 'reply') this.client.write(`${fault.action.text}\r\n`);
    else this.client.write(corrupting === undefined ? chunk : corrupted(chunk, corrupting));
  }

  async #command(line: Buffer): Promise<void> {
    const [, tag, name = ''] = /^(\S+) (?:UID )?(\S+)/i.exec(line.toString('latin1')) ?? [];
    const fault = this.take(name.toUpperCase());
    if (fault?.action.kind === 'reply') return void this.client.write(`${tag} ${fault.action.text}\r\n`);
    if (fault !== undefined) await this.act(fault, line, this.server);
    this.#corrupting = fault?.action.kind === 'corrupt' ? fault : undefined;
    this.#isCompressed = name.toUpperCase() === 'COMPRESS';
    this.server.write(line);
  }
}

export class HttpConversation extends Conversation {
  constructor(client: Socket, server: Socket, script: FaultScript) {
    super(client, server, script, 'oauth');
  }

  protected async fromClient(chunk: Buffer): Promise<void> {
    await this.#pass('request', chunk, this.server);
  }

  protected async fromServer(chunk: Buffer): Promise<void> {
    await this.#pass('response', chunk, this.client);
  }

  async #pass(at: 'request' | 'response', chunk: Buffer, to: Socket): Promise<void> {
    const fault: Fault | undefined = this.take(at);
    if (fault !== undefined) await this.act(fault, chunk, to);
    if (fault?.action.kind === 'reply') return void this.client.end(`${fault.action.text}\r\n\r\n`);
    to.write(fault?.action.kind === 'corrupt' ? corrupted(chunk, fault) : chunk);
  }
}
