//! One way to do it.

use ch02_concepts::packet::icmp::{self, V4};
use ch02_concepts::packet::{Protocol, ipv4};

pub use crate::yours::{Answer, Request};

/// See `yours`.
pub fn answer(packet: &[u8], request: &Request<'_>) -> Option<Answer> {
    let ip = ipv4::Packet::parse(packet).ok()?;
    if ip.protocol() != Protocol::ICMP || ip.is_fragment() {
        return None;
    }
    let message = icmp::Packet::parse_v4(ip.payload()).ok()?;
    message.verify_checksum(&ip.pseudo_header()).ok()?;

    let from = ip.source();
    let (original, answer) = match V4::of(&message) {
        V4::EchoReply {
            identifier,
            sequence_number,
            data,
        } => {
            let reply = Request {
                to: from,
                identifier,
                sequence_number,
                data,
            };
            let ttl = ip.ttl();
            return (reply == *request).then_some(Answer::Reply { ttl });
        }
        V4::DestinationUnreachable { code, original, .. } => {
            (original, Answer::Unreachable { from, code })
        }
        V4::TimeExceeded {
            code: 0, original, ..
        } => (original, Answer::TimeExceeded { from }),
        _ => return None,
    };
    quotes(original, request).then_some(answer)
}

/// Whether `original` is the beginning of the packet that carried `request`.
fn quotes(original: &[u8], request: &Request<'_>) -> bool {
    let Some((header, _)) = original.split_first_chunk::<20>() else {
        return false;
    };
    let length = usize::from(header[0] & 0xf) * 4;
    let offset = u16::from_be_bytes([header[6], header[7]]) & 0x1fff;
    let [a, b] = request.identifier.to_be_bytes();
    let [c, d] = request.sequence_number.to_be_bytes();
    let echo = original
        .get(length..)
        .and_then(|message| message.first_chunk::<8>());
    header[0] >> 4 == 4
        && length >= header.len()
        && offset == 0
        && header[9] == Protocol::ICMP.0
        && header[16..20] == request.to.octets()
        && echo.is_some_and(|[kind, code, _, _, rest @ ..]| {
            [*kind, *code] == [8, 0] && *rest == [a, b, c, d]
        })
}
