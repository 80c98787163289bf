// SQS and S3, by fauxqs: in this process, on 127.0.0.1.
import { buildApp } from 'fauxqs';
import { describeServer, type HttpServer } from './http-server.ts';

/** A single PUT may be 5 GB at AWS; here as much as the largest request that Mailroom hands over. */
const MAX_OBJECT_BYTES = 64 * 1024 * 1024;

export async function startQueuesAndObjects(): Promise<HttpServer> {
  const app = buildApp({ logger: false });
  // fauxqs takes bodies of 11 MiB only.
  app.removeContentTypeParser('*');
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_OBJECT_BYTES }, (_request, body, done) =>
    done(null, body),
  );
  // Its queue URLs name a host such as sqs.us-east-1.localhost, which need not resolve.
  app.addHook('onSend', async (_request, _reply, payload) =>
    typeof payload === 'string' ? payload.replace(/http:\/\/sqs\.[\w-]+\.[\w.]+:/g, 'http://127.0.0.1:') : payload,
  );
  await app.listen({ host: '127.0.0.1', port: 0 });
  return { ...describeServer(app.server), close: () => app.close() };
}
