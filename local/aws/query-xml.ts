// Answers of AWS's query protocol: lists as members, text escaped.
// https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
import { randomUUID } from 'node:crypto';

const NAMESPACE = 'http://cloudformation.amazonaws.com/doc/2010-05-15/';

export function queryAnswer(operation: string, result: object): string {
  const metadata = `<ResponseMetadata>${requestId()}</ResponseMetadata>`;
  const content = `<${operation}Result>${elements(result)}</${operation}Result>${metadata}`;
  return `<${operation}Response xmlns="${NAMESPACE}">${content}</${operation}Response>`;
}

export function queryError(code: string, message: string): string {
  const error = elements({ Error: { Type: 'Sender', Code: code, Message: message } });
  return `<ErrorResponse xmlns="${NAMESPACE}">${error}${requestId()}</ErrorResponse>`;
}

function requestId(): string {
  return elements({ RequestId: randomUUID() });
}

function elements(value: unknown): string {
  if (Array.isArray(value)) return value.map((item) => `<member>${elements(item)}</member>`).join('');
  if (typeof value !== 'object' || value === null) return escapeXml(String(value));
  return Object.entries(value)
    .map(([name, inner]) => `<${name}>${elements(inner)}</${name}>`)
    .join('');
}

export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
