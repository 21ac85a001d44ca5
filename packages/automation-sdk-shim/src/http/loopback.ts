import { BlockList, isIP } from 'node:net';

const MACHINE = new BlockList();
MACHINE.addSubnet('127.0.0.0', 8, 'ipv4');
MACHINE.addAddress('::1', 'ipv6');
// What is sent to "any address" stays on this machine.
MACHINE.addAddress('0.0.0.0', 'ipv4');
MACHINE.addAddress('::', 'ipv6');

/**
 * A host as it is compared: in lower case, without the brackets of IPv6, a zone, or the dot at the end of a full name.
 */
export function plainHost(host: string): string {
  const bare = host.toLowerCase().replace(/^\[(.*)\]$/, '$1');
  return isIP(bare) === 0 ? bare.replace(/\.$/, '') : bare.replace(/%.*$/, '');
}

/** Whether the list has the address, which may be IPv4 written as IPv6 (`::ffff:10.0.0.1`). False for names. */
export function isListed(list: BlockList, address: string): boolean {
  const version = isIP(address);
  return version !== 0 && list.check(address, version === 6 ? 'ipv6' : 'ipv4');
}

/** Whether a plain host is this machine: `localhost` and names below it (RFC 6761), or an address of loopback. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || isListed(MACHINE, host);
}
