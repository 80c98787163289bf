// What a Mailroom is made of, one construct for each capability.
import type { MailSender } from './mail-sender.ts';
import type { MailState } from './mail-state.ts';
import type { ReplyPoller } from './reply-poller.ts';
import type { TokenRefresh } from './token-refresh.ts';

export interface Capabilities {
  readonly state: MailState;
  readonly tokens: TokenRefresh;
  readonly sender: MailSender;
  readonly poller: ReplyPoller;
}
