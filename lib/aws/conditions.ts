// A conditional write that did not apply is an answer, not a fault: the item is then read.
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';

export function isConditionFailure(error: unknown): error is ConditionalCheckFailedException {
  return error instanceof ConditionalCheckFailedException;
}

/** Makes a conditional update, and answers whether its condition held. */
export async function applies(db: DynamoDBDocumentClient, update: UpdateCommand): Promise<boolean> {
  try {
    await db.send(update);
    return true;
  } catch (error) {
    if (isConditionFailure(error)) return false;
    throw error;
  }
}
