// What an SMTP reply of Gmail means. The enhanced status code (RFC 3463) decides, then the text, never the bare three
// digits: 550 5.4.5 is a daily limit, 550 5.1.1 a bad address. https://support.google.com/a/answer/3726730
import type { ErrorCode } from './errors.ts';

const BY_ENHANCED_CODE: Readonly<Record<string, ErrorCode>> = {
  '4.2.1': 'RECIPIENT_BUSY',
  '4.7.0': 'MAILBOX_THROTTLED',
  '4.2.2': 'RECIPIENT_BUSY',
  '5.2.2': 'RECIPIENT_BUSY',
  '4.5.3': 'PROTOCOL_REFUSED',
  '4.5.0': 'PROTOCOL_REFUSED',
  '5.7.8': 'AUTHENTICATION_REFUSED',
  '5.7.9': 'AUTHENTICATION_REFUSED',
  '5.7.14': 'AUTHENTICATION_REFUSED',
  '5.1.1': 'RECIPIENT_REFUSED',
  '5.1.2': 'RECIPIENT_REFUSED',
  '5.1.3': 'RECIPIENT_REFUSED',
  '5.4.5': 'QUOTA_EXCEEDED',
  '5.7.0': 'POLICY_REFUSED',
  '5.2.3': 'MESSAGE_TOO_LARGE',
  '5.3.4': 'MESSAGE_TOO_LARGE',
  '5.5.1': 'PROTOCOL_REFUSED',
  '5.5.2': 'PROTOCOL_REFUSED',
  '5.5.4': 'PROTOCOL_REFUSED',
  '5.6.0': 'PROTOCOL_REFUSED',
};

/**
 * @param response the reply of the server, all lines, from its first digit
 * @returns SERVER_BUSY for an unknown 4xx, POLICY_REFUSED for an unknown 5xx: neither loses nor doubles a mail
 */
export function classifyReply(response: string): ErrorCode {
  const [, digits = '', enhanced = ''] = /^(\d{3})[ -](?:(\d\.\d{1,3}\.\d{1,3})\b)?/.exec(response) ?? [];
  if (digits === '530') return 'AUTHENTICATION_REFUSED';
  if (enhanced === '5.7.1') return classifyDenied(digits, response);
  if (enhanced === '5.2.1')
    return /rate|too (?:fast|quickly)|limit/i.test(response) ? 'RECIPIENT_BUSY' : 'RECIPIENT_REFUSED';
  const known = BY_ENHANCED_CODE[enhanced];
  if (known !== undefined) return known;
  if (digits === '535' || digits === '534') return 'AUTHENTICATION_REFUSED';
  if (/^50\d$/.test(digits)) return 'PROTOCOL_REFUSED';
  return digits.startsWith('4') ? 'SERVER_BUSY' : 'POLICY_REFUSED';
}

/** 5.7.1 is a refused account with 535, a daily limit where the text says so, and otherwise a policy. */
function classifyDenied(digits: string, response: string): ErrorCode {
  if (digits === '535') return 'AUTHENTICATION_REFUSED';
  return /quota|limit/i.test(response) ? 'QUOTA_EXCEEDED' : 'POLICY_REFUSED';
}
