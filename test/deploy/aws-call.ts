// Calls of services for which this project has no SDK client, as JSON. MiniStack checks no signature: the header only
// says which service is meant.
import type { MiniStack } from './ministack.ts';

type Json = Readonly<Record<string, unknown>>;

export async function call(aws: MiniStack, service: string, target: string, body: Json): Promise<unknown> {
  const headers = { ...signed(aws, service), 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target };
  return answerOf(await fetch(aws.endpoint, { method: 'POST', headers, body: JSON.stringify(body) }));
}

export async function get(aws: MiniStack, service: string, path: string): Promise<unknown> {
  return answerOf(await fetch(`${aws.endpoint}${path}`, { headers: signed(aws, service) }));
}

/** What the template's resources are called, by logical id. */
export async function physicalIds(aws: MiniStack, StackName: string): Promise<ReadonlyMap<string, string>> {
  const body = new URLSearchParams({ Action: 'DescribeStackResources', Version: '2010-05-15', StackName });
  const answer = await fetch(aws.endpoint, { method: 'POST', headers: signed(aws, 'cloudformation'), body });
  const members = (await answer.text()).matchAll(
    /<LogicalResourceId>([^<]*)<\/LogicalResourceId><PhysicalResourceId>([^<]*)<\/PhysicalResourceId>/g,
  );
  return new Map([...members].map(([, logicalId = '', physicalId = '']) => [logicalId, physicalId]));
}

async function answerOf(response: Response): Promise<unknown> {
  const text = await response.text();
  if (!response.ok) throw new Error(`MiniStack answered ${response.status}: ${text}`);
  return JSON.parse(text);
}

function signed({ region, credentials }: MiniStack, service: string): Record<string, string> {
  const scope = `${credentials.accessKeyId}/20260101/${region}/${service}/aws4_request`;
  return {
    authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
    connection: 'close',
  };
}
