// imap.gmail.com:993: the command table and the TLS door.
import type { Certificate } from './certificates.ts';
import { append, copy, expunge, move, store } from './imap-change.ts';
import { fetch } from './imap-fetch.ts';
import { close, create, examine, list, remove, rename, select, status, unselect } from './imap-folders.ts';
import {
  authenticate,
  capability,
  compress,
  enable,
  id,
  idle,
  login,
  logout,
  namespace,
  noop,
  ok,
  quota,
  quotaRoot,
} from './imap-login.ts';
import { search } from './imap-search.ts';
import { type ImapCommands, type ImapHouse, ImapSession } from './imap-session.ts';
import { type Listener, listenTls } from './listener.ts';
import { Wire } from './wire.ts';

const commands: ImapCommands = new Map([
  ['CAPABILITY', { state: 'any', handle: capability }],
  ['NOOP', { state: 'any', handle: noop }],
  ['LOGOUT', { state: 'any', handle: logout }],
  ['ID', { state: 'any', handle: id }],
  ['AUTHENTICATE', { state: 'greeted', handle: authenticate }],
  ['LOGIN', { state: 'greeted', handle: login }],
  ['NAMESPACE', { state: 'authenticated', handle: namespace }],
  ['ENABLE', { state: 'authenticated', handle: enable }],
  ['COMPRESS', { state: 'authenticated', handle: compress }],
  ['GETQUOTA', { state: 'authenticated', handle: quota }],
  ['GETQUOTAROOT', { state: 'authenticated', handle: quotaRoot }],
  ['LIST', { state: 'authenticated', handle: list }],
  ['LSUB', { state: 'authenticated', handle: list }],
  ['XLIST', { state: 'authenticated', handle: list }],
  ['STATUS', { state: 'authenticated', handle: status }],
  ['SELECT', { state: 'authenticated', handle: select }],
  ['EXAMINE', { state: 'authenticated', handle: examine }],
  ['CREATE', { state: 'authenticated', handle: create }],
  ['DELETE', { state: 'authenticated', handle: remove }],
  ['RENAME', { state: 'authenticated', handle: rename }],
  // Gmail has no subscriptions of its own: every folder that is shown is subscribed.
  ['SUBSCRIBE', { state: 'authenticated', handle: () => ok() }],
  ['UNSUBSCRIBE', { state: 'authenticated', handle: () => ok() }],
  ['APPEND', { state: 'authenticated', handle: append }],
  ['IDLE', { state: 'authenticated', handle: idle }],
  ['CHECK', { state: 'selected', handle: noop }],
  ['CLOSE', { state: 'selected', handle: close }],
  ['UNSELECT', { state: 'selected', handle: unselect }],
  ['EXPUNGE', { state: 'selected', handle: expunge }],
  ['SEARCH', { state: 'selected', handle: search }],
  ['FETCH', { state: 'selected', handle: fetch }],
  ['STORE', { state: 'selected', handle: store }],
  ['COPY', { state: 'selected', handle: copy }],
  ['MOVE', { state: 'selected', handle: move }],
]);

export function startImapServer(certificate: Certificate, house: ImapHouse): Promise<Listener> {
  return listenTls(certificate, (socket) => {
    void new ImapSession(house, new Wire(socket, house.idleMs), commands).run();
  });
}
