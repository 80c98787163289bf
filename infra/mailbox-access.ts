// Who may touch which items of the Mailboxes table: all read profiles, each function writes only its own kind of item.
import type { MailFunction } from './mail-function.ts';
import { type MailState, PROFILES } from './mail-state.ts';

type ItemKind = 'profile' | 'grant' | 'sending' | 'reading';

/** Reading the profiles of all mailboxes. */
export function allowProfiles(reader: MailFunction, state: MailState): void {
  reader.allow(['dynamodb:Query'], [`${state.mailboxes.tableArn}/index/${PROFILES}`]);
}

/** Reading one profile. */
export function allowProfile(reader: MailFunction, state: MailState): void {
  reader.allow(['dynamodb:GetItem'], [state.mailboxes.tableArn], keysEndingIn('profile'));
}

/** Writing the items `ID#kind`; an update can give back what it wrote, so reading them is a right of its own. */
export function allowWriting(owner: MailFunction, state: MailState, kind: 'grant' | 'reading'): void {
  owner.allow(['dynamodb:UpdateItem'], [state.mailboxes.tableArn], keysEndingIn(kind));
}

/** What a mailbox may send: read, and written as a whole where nobody else has meanwhile. */
export function allowSendingState(sender: MailFunction, state: MailState): void {
  sender.allow(['dynamodb:GetItem', 'dynamodb:PutItem'], [state.mailboxes.tableArn], keysEndingIn('sending'));
}

export function allowReading(owner: MailFunction, state: MailState, kind: 'grant' | 'reading'): void {
  owner.allow(['dynamodb:GetItem'], [state.mailboxes.tableArn], keysEndingIn(kind));
}

export function keysEndingIn(...kinds: readonly ItemKind[]): Record<string, Record<string, string[]>> {
  return { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': kinds.map((kind) => `*#${kind}`) } };
}
