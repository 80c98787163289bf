// What `mailroom/infra` exports: the construct for a stack of yours, and a stack of its own around it.
export type { GoogleEndpoints } from './google-endpoints.ts';
export { Mailroom, type MailroomProps } from './mailroom.ts';
export { MailroomStack } from './mailroom-stack.ts';
