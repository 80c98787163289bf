// pop.gmail.com:995: TLS from the first byte.
import type { Certificate } from './certificates.ts';
import { type Listener, listenTls } from './listener.ts';
import { pop3Commands } from './pop3-commands.ts';
import { type Pop3House, Pop3Session } from './pop3-session.ts';
import { Wire } from './wire.ts';

export function startPop3Server(certificate: Certificate, house: Pop3House): Promise<Listener> {
  return listenTls(certificate, (socket) => {
    void new Pop3Session(house, new Wire(socket, house.idleMs), pop3Commands).run();
  });
}
