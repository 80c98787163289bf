// The two doors of smtp.gmail.com: 465 with TLS from the first byte, 587 with STARTTLS.
import { createSecureContext } from 'node:tls';
import type { Certificate } from './certificates.ts';
import { type Listener, listenTcp, listenTls } from './listener.ts';
import { smtpCommands } from './smtp-commands.ts';
import { type SmtpHouse, SmtpSession } from './smtp-session.ts';
import { Wire } from './wire.ts';

export interface SmtpServer {
  implicitTls: Listener;
  startTls: Listener;
  stop(): Promise<void>;
}

export async function startSmtpServer(
  certificate: Certificate,
  parts: Omit<SmtpHouse, 'startTls'>,
): Promise<SmtpServer> {
  const secureContext = createSecureContext({ key: certificate.key, cert: certificate.cert });
  const house: SmtpHouse = { ...parts, startTls: (wire) => wire.startTls(secureContext, parts.idleMs) };
  const serve = (wire: Wire) => void new SmtpSession(house, wire, smtpCommands).run();
  const [implicitTls, startTls] = await Promise.all([
    listenTls(certificate, (socket) => serve(new Wire(socket, parts.idleMs))),
    listenTcp((socket) => serve(new Wire(socket, parts.idleMs))),
  ]);
  return {
    implicitTls,
    startTls,
    stop: async () => {
      await Promise.all([implicitTls.stop(), startTls.stop()]);
    },
  };
}
