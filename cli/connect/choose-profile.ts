// Which mailbox is to be connected, and how: from the options, from what is known of it already, or asked for.
import { createRegistry } from '../../lib/aws/registry.ts';
import { sameAddress } from '../../lib/core/address.ts';
import { MailError } from '../../lib/core/errors.ts';
import { type MailboxProfile, parseMailboxProfile } from '../../lib/core/mailbox.ts';
import type { Context } from '../command.ts';
import type { Deployment } from '../deployment.ts';
import { readMailboxId } from '../mailbox-id.ts';
import { parseMoment } from '../moment.ts';
import { Problem } from '../problem.ts';

export interface ProfileOptions {
  readonly id: string;
  readonly address?: string | undefined;
  readonly name?: string | undefined;
  readonly plan?: MailboxProfile['plan'] | undefined;
  readonly protocol?: MailboxProfile['protocol'] | undefined;
  readonly readSince?: string | undefined;
}

/**
 * What was set for a mailbox before stays, but for what the options say; of one that cannot be read nothing does.
 * @throws Problem USAGE, ADDRESS_TAKEN
 */
export async function chooseProfile(
  { terminal, now }: Context,
  { db, outputs }: Deployment,
  options: ProfileOptions,
): Promise<MailboxProfile> {
  const id = readMailboxId(options.id);
  const { profiles, malformed } = await createRegistry(db, outputs.MailboxesTable).list();
  const broken = malformed.find(({ mailbox }) => mailbox === id);
  if (broken !== undefined) {
    terminal.note(`the profile of ${id} cannot be read (${broken.error.message}) and will be written anew`);
  }
  const known = profiles.find((profile) => profile.id === id);
  const address =
    options.address ?? known?.address ?? (await terminal.ask('Which address is the mailbox of?', '--address'));
  if (known !== undefined && !sameAddress(known.address, address)) throw elsewhere(id);
  const other = profiles.find((profile) => profile.id !== id && sameAddress(profile.address, address));
  if (other !== undefined) throw taken(other);
  const { name, plan, protocol, readSince } = options;
  const since = readSince === undefined ? undefined : parseMoment(readSince, now(), 'ago', '--read-since');
  const changes = { name, plan, protocol, readSince: since };
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  const profile = { protocol: 'imap', plan: planOf(address), ...known, id, address, ...Object.fromEntries(given) };
  return readProfile(profile);
}

function readProfile(profile: object): MailboxProfile {
  try {
    return parseMailboxProfile(profile);
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    throw new Problem('USAGE', error.message, 'see mailroom connect --help', { cause: error });
  }
}

function planOf(address: string): MailboxProfile['plan'] {
  const domain = /@(.+)$/.exec(address)?.[1]?.toLowerCase() ?? '';
  return ['gmail.com', 'googlemail.com'].includes(domain) ? 'consumer' : 'workspace';
}

/** Its mail that waits would go out from an account that nobody meant. */
function elsewhere(id: string): Problem {
  const what = `the mailbox ${id} is connected to another address`;
  return new Problem('ADDRESS_TAKEN', what, `give this address an id of its own, or disconnect ${id} first`);
}

function taken({ id }: MailboxProfile): Problem {
  const what = `this address is connected already, as the mailbox ${id}`;
  return new Problem('ADDRESS_TAKEN', what, `use ${id}, or disconnect it first: two would read each other's replies`);
}
