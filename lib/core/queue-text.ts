// JSON as SQS takes it.

/**
 * SQS takes what XML 1.0 can hold; of the rest JSON leaves these two characters as they are. Read back it is the same.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
export function queueText(json: string): string {
  return json.replaceAll('\ufffe', '\\ufffe').replaceAll('\uffff', '\\uffff');
}
