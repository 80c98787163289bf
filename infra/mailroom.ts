// Mailroom as one construct: a transactional email service on the mailboxes a team already has.
import { Duration, Stack } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { type OnEventOptions, Rule } from 'aws-cdk-lib/aws-events';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct, type IConstruct } from 'constructs';
import { Alarms } from './alarms.ts';
import type { Capabilities } from './capabilities.ts';
import { GMAIL, type GoogleEndpoints } from './google-endpoints.ts';
import { MailSender, type OnUnknown, type Switch } from './mail-sender.ts';
import { MailState } from './mail-state.ts';
import { grantOperate } from './operate.ts';
import { Outputs } from './outputs.ts';
import { ReplyPoller } from './reply-poller.ts';
import { TokenRefresh } from './token-refresh.ts';

export interface MailroomProps {
  /** Default: Gmail. */
  readonly google?: Partial<GoogleEndpoints>;
  /** How long a function has the sole right to work on a message before another takes over. Default: 90 s. */
  readonly claimLease?: Duration;
  /** How long a message that was put back on the outbox may lie there before it is put back again. Default: 10 min. */
  readonly releaseLease?: Duration;
  /** How long after an end that nobody knows the copy of a mail is looked for in the mailbox. Default: 15 min. */
  readonly settleAfter?: Duration;
  /** What becomes of it when no copy is found: the same mail is sent again, or it is reported. Default: `send-again`. */
  readonly onUnknown?: OnUnknown;
  /**
   * Whether a process of send-mail keeps its SMTP connection for its next invocation, for up to 30 seconds: a send then
   * takes two round trips to Gmail in place of seven, and each process holds one of the mailbox's connections. Default: `off`.
   */
  readonly keepConnections?: Switch;
}

export class Mailroom extends Construct implements Capabilities {
  readonly state: MailState;
  readonly tokens: TokenRefresh;
  readonly sender: MailSender;
  readonly poller: ReplyPoller;
  /** Add your actions to these, such as a topic of your on-call service. */
  readonly alarms: readonly Alarm[];

  constructor(scope: Construct, id: string, props: MailroomProps = {}) {
    super(scope, id);
    this.refuseSecond();
    const google = { ...GMAIL, ...props.google };
    this.state = new MailState(this, 'State');
    this.tokens = new TokenRefresh(this, 'Tokens', { state: this.state, google });
    this.sender = new MailSender(this, 'Sender', {
      state: this.state,
      google,
      tokens: this.tokens,
      claimLease: props.claimLease ?? Duration.seconds(90),
      releaseLease: props.releaseLease ?? Duration.minutes(10),
      settleAfter: props.settleAfter ?? Duration.minutes(15),
      onUnknown: props.onUnknown ?? 'send-again',
      keepConnections: props.keepConnections ?? 'off',
    });
    this.poller = new ReplyPoller(this, 'Poller', { state: this.state, google, tokens: this.tokens });
    this.alarms = new Alarms(this, 'Alarms', { outbox: this.sender.outbox, replies: this.poller.replies }).all;
    new Outputs(this, 'Outputs', google);
  }

  /** Allows a service to send by invoking send-mail, and to read how a message ended. */
  grantSend(grantee: IGrantable): void {
    this.sender.grantSend(grantee);
  }

  /** Allows a service to send through the outbox, and to read how a message ended. */
  grantEnqueue(grantee: IGrantable): void {
    this.sender.grantEnqueue(grantee);
  }

  /** Allows a service to receive replies and to read the raw mail behind them. */
  grantConsumeReplies(grantee: IGrantable): void {
    this.poller.grantConsumeReplies(grantee);
  }

  /**
   * Allows what the command line `mailroom` does: connecting and disconnecting mailboxes, looking at their health and at
   * messages, sending, redriving dead letters, forgetting a person. It writes grants and can never read one, but it may
   * read access tokens, with which a mailbox can be read for an hour: give it to people who may read the mailboxes.
   */
  grantOperate(grantee: IGrantable): void {
    grantOperate(grantee, this);
  }

  /**
   * A rule for the event that a mailbox needs a person: its grant is dead, or ends within two days. At least once for each
   * trouble, and each day while it lasts. The detail says why, and the exact command to run (docs/events.md).
   * @param id of the rule, in this construct
   * @param options its target, such as a topic of your on-call service; more are added with `rule.addTarget`
   */
  onMailboxNeedsPerson(id: string, options: OnEventOptions = {}): Rule {
    const { target, crossStackScope, ...props } = options;
    const rule = new Rule(crossStackScope ?? this, id, props);
    rule.addEventPattern({
      source: ['mailroom'],
      detailType: ['Mailbox needs a person'],
      detail: { stack: [Stack.of(this).stackName] },
    });
    rule.addTarget(target);
    return rule;
  }

  private refuseSecond(): void {
    const stack = Stack.of(this);
    const isOther = (found: IConstruct) => found instanceof Mailroom && found !== this && Stack.of(found) === stack;
    const other = stack.node.findAll().find(isOther);
    if (other === undefined) return;
    throw new Error(
      `the stack ${stack.stackName} would have two Mailrooms, ${other.node.path} and ${this.node.path}: give each a stack of its own, whose name its secrets begin with`,
    );
  }
}
