// The local Gmail's certificates are signed by an authority of its own, which Node is told to trust beside its own.
// By the module: a Node that has not these functions yet still runs all that needs none of them.
import tls from 'node:tls';

export function trustAuthority(pem: string): void {
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), pem]);
}
