// The three contracts between Mailroom and the services that use it, as JSON Schema.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AddressSchema, EmailAddressSchema } from '../lib/core/address.ts';
import { AddressListSchema, SendRequestSchema } from '../lib/core/message.ts';
import { ErrorCodeSchema, FinalOutcomeSchema, SendOutcomeSchema } from '../lib/core/outcome.ts';
import { CorrespondentSchema, ReplyEventSchema } from '../lib/core/reply.ts';
import { describe } from './describe.ts';
import { type Docs, docsOf } from './doc-comments.ts';
import { convert, merge, type Schema } from './json-schema.ts';
import type { Keywords } from './said.ts';
import { share } from './share.ts';

export const SCHEMAS = fileURLToPath(new URL('../schemas/', import.meta.url));
const CORE = fileURLToPath(new URL('../lib/core/', import.meta.url));

interface Contract {
  /** `send-request` is in `send-request.v1.schema.json`. */
  readonly name: 'send-request' | 'send-outcome' | 'reply-event';
  readonly title: string;
  readonly description: string;
  readonly source: Schema;
  readonly docs: Docs;
  /** What occurs more than once, by the name that it has in `$defs`. */
  readonly shared: Readonly<Record<string, Schema>>;
  /** What is checked after the schema in lib/core. */
  readonly after?: { readonly keywords: Keywords; readonly unsaid: readonly string[] };
}

const READING =
  'A later release of version 1 may add fields, kinds and codes; it takes none away. A reader leaves alone the fields that it does not know.';

export const CONTRACTS: readonly Contract[] = [
  {
    name: 'send-request',
    title: 'SendRequest',
    description: 'What a service asks Mailroom to send. A field that is not known is refused by its name.',
    source: SendRequestSchema,
    docs: docsOf(join(CORE, 'message.ts'), 'SendRequestSchema'),
    shared: { addressList: AddressListSchema, address: AddressSchema, emailAddress: EmailAddressSchema },
    after: {
      keywords: { properties: { inReplyTo: { anyOf: [messageId(), { pattern: '^h1\\.', maxLength: 20_000 }] } } },
      unsaid: [
        'inReplyTo is a handle as it came, given back to the mailbox that it came from',
        'text, html and attachments have at most 35,882,577 bytes together, encoded',
      ],
    },
  },
  {
    name: 'send-outcome',
    title: 'SendOutcome',
    description: `How a send ended, as an invocation of send-mail answers it. Times are milliseconds since 1970. ${READING}`,
    source: SendOutcomeSchema,
    docs: docsOf(join(CORE, 'outcome.ts'), 'SendOutcomeSchema'),
    shared: { finalOutcome: FinalOutcomeSchema, errorCode: ErrorCodeSchema },
  },
  {
    name: 'reply-event',
    title: 'ReplyEvent',
    description: `What people answered, as a consumer of the replies queue receives it. ${READING}`,
    source: ReplyEventSchema,
    docs: docsOf(join(CORE, 'reply.ts'), 'ReplyEventSchema'),
    shared: { correspondent: CorrespondentSchema },
  },
];

/** The version of all three: another one is another contract, beside this one. */
const VERSION = 1;

export function fileNameOf({ name }: Pick<Contract, 'name'>): string {
  return `${name}.v${VERSION}.schema.json`;
}

function jsonSchemaOf(contract: Contract): Keywords {
  const { name, title, source, after } = contract;
  const { schema, unsaid } = convert(source);
  const shared = Object.entries(contract.shared).map(([id, inner]) => [id, convert(inner).schema] as const);
  const whole = after === undefined ? schema : merge(schema, after.keywords);
  const all = [...unsaid, ...(after?.unsaid ?? [])];
  const refused = all.length === 0 ? '' : ` Refused besides, which JSON Schema cannot say: ${all.join('; ')}.`;
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:mailroom:${name}:v${VERSION}`,
    title,
    description: `${contract.description}${refused}`,
    ...describe(share(whole, shared), contract.docs),
  };
}

/** As it is written into a file. */
export function textOf(contract: Contract): string {
  return `${JSON.stringify(jsonSchemaOf(contract), undefined, 2)}\n`;
}

/** msg-id, as lib/core/thread.ts has it. */
function messageId(): Keywords {
  return { pattern: '^<[^\\s<>@\\x00-\\x1f\\x7f]+@[^\\s<>@\\x00-\\x1f\\x7f]+>$', maxLength: 512 };
}
