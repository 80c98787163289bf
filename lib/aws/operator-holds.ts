// Holds that a person begins and ends: of sending in the `ID#sending` item, and of reading in `ID#reading`.
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { MailboxId } from '../core/mailbox.ts';
import { holdByOperator, type OperatorHold, releaseHolds, type SendingState } from '../core/sending-state.ts';
import { applies } from './conditions.ts';
import { type SendingGateOptions, SendingItem } from './sending-item.ts';

export interface OperatorHolds {
  hold(mailbox: MailboxId, hold: OperatorHold): Promise<void>;
  /** Ends every hold of sending. @returns those that there were */
  releaseSending(mailbox: MailboxId): Promise<Pick<SendingState, 'hold' | 'operatorHold'>>;
  /** The next poll reads again. @returns whether there was a hold */
  releaseReading(mailbox: MailboxId): Promise<boolean>;
}

export function createOperatorHolds(options: SendingGateOptions): OperatorHolds {
  const { db, table } = options;
  return {
    hold: (mailbox, hold) =>
      new SendingItem(options, mailbox).change((state) => ({ next: holdByOperator(state, hold), answer: undefined })),

    releaseSending: (mailbox) =>
      new SendingItem(options, mailbox).change((state) => {
        const { hold, operatorHold } = state;
        const answer = { hold, operatorHold };
        // Nothing is known of the item before its first read: it is written, and so read, in any case.
        return { next: releaseHolds(state), answer };
      }),

    releaseReading: (mailbox) =>
      applies(
        db,
        new UpdateCommand({
          TableName: table,
          Key: { key: `${mailbox}#reading` },
          UpdateExpression: 'REMOVE holdUntil, holdCode, failures',
          ConditionExpression: 'attribute_exists(holdUntil)',
        }),
      ),
  };
}
