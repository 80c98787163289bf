// What is left of a message's record when one of its recipients is forgotten. Pure.
import { sameAddress } from './address.ts';
import type { FinalOutcome } from './outcome.ts';

/** Of a record: what may hold an address. */
export interface RecordedPeople<Bounce extends { readonly recipient: string }> {
  readonly recipients: readonly string[];
  readonly context?: string | undefined;
  readonly bounces: readonly Bounce[];
  readonly outcome?: FinalOutcome | undefined;
}

/** In place of an address. */
const FORGOTTEN = '(forgotten)';

export function namesPerson(people: RecordedPeople<{ readonly recipient: string }>, address: string): boolean {
  const { recipients, bounces, outcome } = people;
  return (
    recipients.some((recipient) => sameAddress(recipient, address)) ||
    bounces.some(({ recipient }) => sameAddress(recipient, address)) ||
    textsOf(outcome).some((text) => text !== replaceAll(text, address))
  );
}

/** Whether the context can only be about this person. */
export function isTheirsAlone({ recipients }: Pick<RecordedPeople<never>, 'recipients'>, address: string): boolean {
  return recipients.length > 0 && recipients.every((recipient) => sameAddress(recipient, address));
}

/** How the message ended stays, so that it is answered as a replay and never sent twice. */
export function withoutPerson<Bounce extends { readonly recipient: string }>(
  people: RecordedPeople<Bounce>,
  address: string,
): RecordedPeople<Bounce> {
  const { recipients, bounces, context, outcome } = people;
  const keepsContext = context !== undefined && !isTheirsAlone(people, address);
  return {
    recipients: recipients.filter((recipient) => !sameAddress(recipient, address)),
    bounces: bounces.filter(({ recipient }) => !sameAddress(recipient, address)),
    ...(keepsContext && { context }),
    ...(outcome !== undefined && { outcome: redacted(outcome, address) }),
  };
}

function redacted(outcome: FinalOutcome, address: string): FinalOutcome {
  switch (outcome.kind) {
    case 'partial': {
      const rejected = outcome.rejected.map((rejection) => ({
        ...rejection,
        address: replaceAll(rejection.address, address),
        response: replaceAll(rejection.response, address),
      }));
      return { ...outcome, ...responseOf(outcome, address), rejected };
    }
    case 'sent':
    case 'failed':
      return { ...outcome, ...responseOf(outcome, address) };
    case 'cancelled':
    case 'expired':
    case 'suppressed':
      return outcome;
  }
}

function responseOf({ response }: { readonly response?: string | undefined }, address: string): { response?: string } {
  return response === undefined ? {} : { response: replaceAll(response, address) };
}

/**
 * Servers repeat an address as they were given it, or in lower case. One that only ends or begins alike is another's. What
 * an address may hold, but hardly does, is taken for what stands around it, as in `user=ada@x.example`: rather too much is
 * forgotten than too little.
 */
function replaceAll(text: string, address: string): string {
  const escaped = address.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const whole = new RegExp(`(?<![\\w.+-])${escaped}(?![\\w-]|\\.\\w)`, 'gi');
  return text.replaceAll(whole, () => FORGOTTEN);
}

function textsOf(outcome: FinalOutcome | undefined): readonly string[] {
  if (outcome === undefined) return [];
  const response = 'response' in outcome && outcome.response !== undefined ? [outcome.response] : [];
  const rejected = 'rejected' in outcome ? outcome.rejected : [];
  return [...response, ...rejected.flatMap((rejection) => [rejection.address, rejection.response])];
}
