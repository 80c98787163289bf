// The rival: RFC 3464 and nothing else. It reads message/delivery-status, believes it, and knows no other bounce.
import PostalMime from 'postal-mime';

export interface PlainRecipient {
  readonly address: string;
  readonly status: string;
  readonly type: 'hard' | 'soft';
  readonly action: string;
}

export async function readReport(raw: string): Promise<{ isBounce: boolean; recipients: PlainRecipient[] }> {
  const { attachments, headers } = await PostalMime.parse(raw, { attachmentEncoding: 'utf8' });
  const part = attachments.find(({ mimeType }) => mimeType === 'message/delivery-status');
  const contentType = headers.find(({ key }) => key === 'content-type')?.value ?? '';
  const content = typeof part?.content === 'string' ? part.content : '';
  const groups = content
    .replaceAll('\r\n', '\n')
    .replaceAll(/\n[ \t]+/g, ' ')
    .split(/\n\n+/);
  return {
    isBounce: /multipart\/report.*report-type="?delivery-status/is.test(contentType),
    recipients: groups.flatMap((group) => recipientOf(group) ?? []),
  };
}

function recipientOf(group: string): PlainRecipient | undefined {
  const field = (name: string): string | undefined => new RegExp(`^${name}:\\s*(.*)$`, 'im').exec(group)?.[1]?.trim();
  const address = field('Final-Recipient')?.split(';')[1]?.trim();
  const status = /^\d\.\d+\.\d+/.exec(field('Status') ?? '')?.[0];
  if (address === undefined || status === undefined) return undefined;
  const isSoft = !status.startsWith('5') || status === '5.2.2';
  return { address, status, type: isSoft ? 'soft' : 'hard', action: field('Action')?.toLowerCase() ?? 'failed' };
}
