// The least that any poller by imapflow loads.
import { ImapFlow } from 'imapflow';

export const handler = () => typeof ImapFlow;
