//! Who else answers for an address of ours: the question of RFC 5227, asked on the wire itself.

use std::net::Ipv4Addr;
use std::os::fd::AsRawFd;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::ifaddrs::getifaddrs;
use nix::sys::socket::sockopt::ReceiveTimeout;
use nix::sys::socket::{
    AddressFamily, LinkAddr, MsgFlags, SockFlag, SockProtocol, SockType, bind, recv, send, setsockopt, socket,
};
use nix::sys::time::TimeVal;

use super::aside::aside;
use crate::platform::Claim;

/// An owner answers within milliseconds; asked this often, this far apart.
const ASKED: u32 = 2;
const APART: Duration = Duration::from_millis(300);
/// Frames that are looked at: a busy wire must not hold this up.
const FRAMES: usize = 20_000;

type Mac = [u8; 6];
type Place = (LinkAddr, Mac);

/// Asks the wire for whoever has `ip`, and listens.
pub async fn ask(ip: Ipv4Addr, interface: String) -> Claim {
    let limit = APART * (ASKED + 2);
    match aside(limit, move || question(ip, &interface)).await {
        Ok(Ok(claim)) => claim,
        Ok(Err(error)) => Claim::Untold(error.to_string()),
        Err(trouble) => Claim::Untold(trouble.to_string()),
    }
}

/// Hardware addresses of this machine, and the place of one interface.
fn own(interface: &str) -> nix::Result<(Vec<Mac>, Option<Place>)> {
    let (mut macs, mut place) = (Vec::new(), None);
    for entry in getifaddrs()? {
        let Some(link) = entry.address.as_ref().and_then(|address| address.as_link_addr()) else { continue };
        let Some(mac) = link.addr().filter(|_| link.halen() == 6) else { continue };
        macs.push(mac);
        if entry.interface_name == interface {
            place = Some((*link, mac));
        }
    }
    Ok((macs, place))
}

fn question(ip: Ipv4Addr, interface: &str) -> nix::Result<Claim> {
    let (macs, place) = own(interface)?;
    let Some((place, mac)) = place else { return Err(Errno::ENODEV) };
    let wire = socket(AddressFamily::Packet, SockType::Raw, SockFlag::SOCK_CLOEXEC, SockProtocol::EthAll)?;
    bind(wire.as_raw_fd(), &place)?;
    setsockopt(&wire, ReceiveTimeout, &TimeVal::new(0, 50_000))?;
    let frame = probe(mac, ip);
    let mut buffer = [0; 128];
    let mut left = FRAMES;
    for _ in 0..ASKED {
        send(wire.as_raw_fd(), &frame, MsgFlags::empty())?;
        let asked = Instant::now();
        while asked.elapsed() < APART && left > 0 {
            left -= 1;
            match recv(wire.as_raw_fd(), &mut buffer, MsgFlags::empty()) {
                Ok(size) => {
                    if let Some(other) = claimed(&buffer[..size], ip).filter(|other| !macs.contains(other)) {
                        return Ok(Claim::Other(shown(other)));
                    }
                }
                Err(Errno::EAGAIN | Errno::EINTR) => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(Claim::Nobody)
}

/// An ARP probe: a request from nobody, so that no table on the wire learns anything from it.
fn probe(mac: Mac, ip: Ipv4Addr) -> Vec<u8> {
    let mut frame = Vec::with_capacity(42);
    frame.extend([0xff; 6]);
    frame.extend(mac);
    // EtherType ARP; Ethernet, IPv4, their sizes, request.
    frame.extend([0x08, 0x06, 0, 1, 0x08, 0, 6, 4, 0, 1]);
    frame.extend(mac);
    frame.extend([0; 4]);
    frame.extend([0; 6]);
    frame.extend(ip.octets());
    frame
}

/// The hardware address that says in an ARP frame that it has `ip`.
fn claimed(frame: &[u8], ip: Ipv4Addr) -> Option<Mac> {
    let arp = frame.get(12..).and_then(|rest| rest.strip_prefix(&[0x08, 0x06, 0, 1, 0x08, 0, 6, 4]))?;
    // Operation, then the sender's two addresses: requests and announcements tell as much as answers.
    let (mac, sender) = (arp.get(2..8)?, arp.get(8..12)?);
    (sender == ip.octets()).then(|| mac.try_into().ok()).flatten()
}

fn shown(mac: Mac) -> String {
    mac.map(|byte| format!("{byte:02x}")).join(":")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_is_read_from_arp_frames_only() {
        let (mac, ip) = ([2, 0, 0, 0, 0, 7], Ipv4Addr::new(192, 0, 2, 10));
        let mut answer = probe(mac, ip);
        assert_eq!(claimed(&answer, ip), None, "a probe claims nothing");
        answer[28..32].copy_from_slice(&ip.octets());
        assert_eq!(claimed(&answer, ip), Some(mac));
        assert_eq!(claimed(&answer, Ipv4Addr::new(192, 0, 2, 11)), None);
        for cut in 0..32 {
            assert_eq!(claimed(&answer[..cut], ip), None);
        }
        answer[13] = 0;
        assert_eq!(claimed(&answer, ip), None, "another protocol");
        assert_eq!(shown(mac), "02:00:00:00:00:07");
    }
}
