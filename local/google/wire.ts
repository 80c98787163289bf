// Reads a connection as a protocol does: a line, or so many bytes. Pulling instead of
// listening keeps pipelined commands in order for free and lets a slow session push back on its peer. Every length
// is bounded by the caller, and the same wire goes on over TLS (STARTTLS) or deflate (RFC 4978).
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type SecureContext, TLSSocket } from 'node:tls';
import { constants, createDeflateRaw, createInflateRaw } from 'node:zlib';

export class WireClosed extends Error {}
export class WireIdle extends Error {}
export class TooLong extends Error {}

export class Wire {
  #socket: Socket;
  #source: NodeJS.ReadableStream & { readableEnded?: boolean };
  #sink: Duplex | Socket;
  #pending: Buffer = Buffer.alloc(0);
  #wake: () => void = () => {};
  #closed = false;
  #idle = false;

  constructor(socket: Socket, idleMs: number) {
    this.#socket = socket;
    this.#source = socket;
    this.#sink = socket;
    socket.setNoDelay(true);
    this.#attach(socket, idleMs);
  }

  get secure(): boolean {
    return this.#socket instanceof TLSSocket;
  }

  get compressed(): boolean {
    return this.#sink !== this.#socket;
  }

  get peer(): string {
    return this.#socket.remoteAddress ?? '127.0.0.1';
  }

  /** One line without its end. A longer one is swallowed up to its end and thrown as TooLong. */
  async readLine(maxBytes: number): Promise<Buffer> {
    let searched = 0;
    for (;;) {
      const at = this.#pending.indexOf(0x0a, searched);
      if (at >= 0 && at <= maxBytes + 1) return this.#takeLine(at);
      if (at >= 0 || this.#pending.length > maxBytes + 1) {
        await this.#skipLine();
        throw new TooLong();
      }
      searched = this.#pending.length;
      await this.#more();
    }
  }

  async readBytes(count: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    let missing = count;
    for (;;) {
      const part = this.#take(Math.min(missing, this.#pending.length));
      parts.push(part);
      missing -= part.length;
      if (missing === 0) return parts.length === 1 ? part : Buffer.concat(parts);
      await this.#more();
    }
  }

  /** Reads and forgets: what is refused for its size must still be taken off the wire. */
  async skipBytes(count: number): Promise<void> {
    for (let missing = count; missing > 0; ) {
      if (this.#pending.length === 0) await this.#more();
      missing -= this.#take(Math.min(missing, this.#pending.length)).length;
    }
  }

  /** What has come, at least a byte; `putBack` returns what was too much. */
  async readSome(): Promise<Buffer> {
    if (this.#pending.length === 0) await this.#more();
    return this.#take(this.#pending.length);
  }

  putBack(bytes: Buffer): void {
    this.#pending = Buffer.concat([bytes, this.#pending]);
  }

  write(data: string | Uint8Array): Promise<void> {
    if (this.#closed) return Promise.resolve();
    const flushed = this.#sink.write(typeof data === 'string' ? Buffer.from(data, 'utf8') : data);
    if (flushed) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        this.#sink.off('drain', done);
        this.#socket.off('close', done);
        resolve();
      };
      this.#sink.on('drain', done);
      this.#socket.on('close', done);
    });
  }

  /** RFC 3207 4.2: what was sent in clear before the handshake is thrown away, not obeyed. */
  startTls(secureContext: SecureContext, idleMs: number): void {
    this.#pending = Buffer.alloc(0);
    const plain = this.#socket;
    plain.removeAllListeners('readable');
    plain.removeAllListeners('timeout');
    plain.setTimeout(0);
    const secure = new TLSSocket(plain, { isServer: true, secureContext });
    this.#socket = secure;
    this.#source = secure;
    this.#sink = secure;
    this.#attach(secure, idleMs);
  }

  startDeflate(): void {
    const inflate = createInflateRaw();
    const deflate = createDeflateRaw({ flush: constants.Z_SYNC_FLUSH });
    const socket = this.#socket;
    socket.removeAllListeners('readable');
    if (this.#pending.length > 0) inflate.write(this.#pending);
    this.#pending = Buffer.alloc(0);
    socket.pipe(inflate);
    deflate.pipe(socket);
    this.#source = inflate;
    this.#sink = deflate;
    inflate.on('readable', () => this.#wake());
    inflate.on('error', () => this.cut());
    deflate.on('error', () => this.cut());
  }

  /** Resolves when the peer or we are gone. */
  untilClosed(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    return new Promise((resolve) => this.#socket.once('close', () => resolve()));
  }

  end(): void {
    this.#sink.end();
    // A peer that never closes its half must not hold the server.
    this.#socket.setTimeout(1000, () => this.#socket.destroy());
  }

  cut(): void {
    this.#socket.destroy();
    this.#close();
  }

  #attach(socket: Socket, idleMs: number): void {
    socket.on('readable', () => this.#wake());
    socket.on('end', () => this.#close());
    socket.on('close', () => this.#close());
    socket.on('error', () => this.cut());
    socket.setTimeout(idleMs, () => {
      this.#idle = true;
      this.#wake();
    });
  }

  #close(): void {
    this.#closed = true;
    this.#wake();
  }

  async #more(): Promise<void> {
    for (;;) {
      const chunk = this.#source.read();
      if (Buffer.isBuffer(chunk)) {
        this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
        return;
      }
      if (this.#idle) throw new WireIdle();
      if (this.#closed) throw new WireClosed();
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #take(count: number): Buffer {
    const taken = this.#pending.subarray(0, count);
    this.#pending = this.#pending.subarray(count);
    return taken;
  }

  #takeLine(newline: number): Buffer {
    const line = this.#take(newline + 1);
    const end = line[newline - 1] === 0x0d ? newline - 1 : newline;
    return line.subarray(0, end);
  }

  async #skipLine(): Promise<void> {
    for (;;) {
      const at = this.#pending.indexOf(0x0a);
      if (at >= 0) {
        this.#take(at + 1);
        return;
      }
      this.#pending = Buffer.alloc(0);
      await this.#more();
    }
  }
}
