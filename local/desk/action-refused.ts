/** What the person at the desk asked for cannot be done: they are told the message. */
export class ActionRefused extends Error {}
