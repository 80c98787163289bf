// The local Gmail's certificates are signed by an authority of its own, which Node is told to trust beside its own.
import { getCACertificates, setDefaultCACertificates } from 'node:tls';

export function trustAuthority(pem: string): void {
  setDefaultCACertificates([...getCACertificates('default'), pem]);
}
