// The least that a mail costs on a socket, with a token at hand: TLS, greeting, EHLO, AUTH, then MAIL, RCPT and DATA in
// one flight (RFC 2920), the body, and the reply to its final dot.
import { connect } from 'node:tls';

export interface FloorEvent {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly accessToken: string;
  readonly to: string;
}

export function handler({ host, port, user, accessToken, to }: FloorEvent): Promise<string> {
  const response = Buffer.from(`user=${user}\x01auth=Bearer ${accessToken}\x01\x01`).toString('base64');
  const flights = [
    { send: '', until: /^220 /m },
    { send: 'EHLO [127.0.0.1]\r\n', until: /^250 /m },
    { send: `AUTH XOAUTH2 ${response}\r\n`, until: /^235 /m },
    { send: `MAIL FROM:<${user}>\r\nRCPT TO:<${to}>\r\nDATA\r\n`, until: /^354 /m },
    { send: `From: ${user}\r\nTo: ${to}\r\nSubject: Hello\r\n\r\nHello\r\n.\r\n`, until: /^250 /m },
  ];
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    let flight = flights.shift();
    let received = '';
    socket.on('error', reject).on('data', (bytes: Buffer) => {
      received += bytes;
      if (!flight?.until.test(received)) return;
      flight = flights.shift();
      if (flight === undefined) {
        socket.destroy();
        return resolve(received);
      }
      received = '';
      socket.write(flight.send);
    });
  });
}
