//! The program `ping`, allowed and forbidden.
#![allow(clippy::unwrap_used, reason = "tests")]
#![cfg(target_os = "linux")]

use std::os::unix::process::CommandExt;
use std::process::{Command, Output};
use std::thread;
use std::time::{Duration, Instant};

use ch02_concepts::ping::{Kind, Received, Request};
use proptest::prelude::*;

const PING: &str = env!("CARGO_BIN_EXE_ping");

/// Runs it, for five seconds at most; `None` where it cannot be started.
fn run(command: &mut Command) -> Option<Output> {
    let mut child = command
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .ok()?;
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if start.elapsed() > Duration::from_secs(5) {
            child.kill().unwrap();
            panic!("it hangs: {:?}", child.wait_with_output().unwrap());
        }
        thread::sleep(Duration::from_millis(5));
    }
    Some(child.wait_with_output().unwrap())
}

/// What it printed of each kind, raw first.
fn sections(output: &Output) -> (String, String) {
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{output:?}");
    let (raw, datagram) = text
        .split_once("datagram socket\n")
        .unwrap_or_else(|| panic!("no second part: {text}"));
    assert!(raw.starts_with("raw socket\n"), "{text}");
    (raw.to_owned(), datagram.to_owned())
}

const NO_CAPABILITY: &str = "takes the capability CAP_NET_RAW";
const NO_GROUP: &str = "sudo sysctl net.ipv4.ping_group_range=";

fn is_permitted(section: &str) -> bool {
    section.contains("bytes: the answer\n")
}

#[test]
fn each_kind_is_answered_or_says_what_it_needs() {
    let output = run(&mut Command::new(PING)).unwrap();
    let (raw, datagram) = sections(&output);
    assert!(is_permitted(&raw) || raw.contains(NO_CAPABILITY), "{raw}");
    let ok = is_permitted(&datagram) || datagram.contains(NO_GROUP);
    assert!(ok, "{datagram}");
}

#[test]
fn a_user_without_capabilities_gets_no_raw_socket() {
    // Whoever is not root may not become somebody else, nor needs to.
    let mut command = Command::new(PING);
    if rustix::process::getuid().is_root() {
        command.uid(65534).gid(65534);
    }
    let Some(output) = run(&mut command) else {
        eprintln!("skipped: user 65534 may not run {PING}");
        return;
    };
    let (raw, datagram) = sections(&output);
    if is_permitted(&raw) {
        eprintln!("skipped: {PING} has a file capability");
        return;
    }
    assert!(raw.contains(NO_CAPABILITY), "{raw}");
    let ok = is_permitted(&datagram) || datagram.contains(NO_GROUP);
    assert!(ok, "{datagram}");
}

#[test]
fn in_a_network_of_its_own_root_gets_both() {
    // A user namespace makes anybody root, but only over namespaces of its
    // own, and only group 0 exists in it.
    let prepare = "ip link set lo up \
        && echo 0 0 > /proc/sys/net/ipv4/ping_group_range && echo ready";
    let unshare = |script: &str| {
        run(Command::new("unshare").args(["-rn", "sh", "-c", script]))
            .filter(|output| output.stdout.starts_with(b"ready"))
    };
    if unshare(prepare).is_none() {
        eprintln!("skipped: no unshare, no ip, or no user namespaces here");
        return;
    }
    let output = unshare(&format!("{prepare} && exec {PING}")).unwrap();
    let output = Output {
        stdout: output.stdout[b"ready\n".len()..].to_vec(),
        ..output
    };
    let (raw, datagram) = sections(&output);
    assert!(is_permitted(&raw), "{raw}");
    assert!(raw.contains("IPv4 from 127.0.0.1, TTL "), "{raw}");
    assert!(is_permitted(&datagram), "{datagram}");
    assert!(!datagram.contains("IPv4 from"), "{datagram}");
}

#[test]
fn only_the_reply_to_this_request_is_the_answer() {
    let request = Request {
        identifier: 7,
        sequence_number: 5,
        data: b"anybody?",
    };
    let answers = |message: &[u8]| {
        Received::parse(Kind::Datagram, message)
            .unwrap()
            .answers(&request)
    };
    // A reply is the request with another type, and so another checksum.
    let reply_to = |request: &Request<'_>| {
        let mut reply = request.emit().unwrap();
        reply[0] = 0;
        let sum = u16::from_be_bytes([reply[2], reply[3]]);
        let sum = u32::from(sum) + 0x800;
        let sum = ((sum & 0xffff) + (sum >> 16)) as u16;
        reply[2..4].copy_from_slice(&sum.to_be_bytes());
        reply
    };
    assert!(answers(&reply_to(&request)));
    assert!(!answers(&request.emit().unwrap()), "our own request");
    for other in [
        Request {
            identifier: 8,
            ..request
        },
        Request {
            sequence_number: 6,
            ..request
        },
        Request {
            data: b"anybody!",
            ..request
        },
        Request {
            data: b"anybody",
            ..request
        },
    ] {
        assert!(!answers(&reply_to(&other)), "{other:?}");
    }
    let mut damaged = reply_to(&request);
    damaged[9] ^= 1;
    assert!(Received::parse(Kind::Datagram, &damaged).is_err());
}

/// A packet with an echo reply in it.
const REPLY: [u8; 36] = *b"\x45\x00\x00\x24\xb9\xb5\x00\x00\x40\x01\xc3\x21\
    \x7f\x00\x00\x01\x7f\x00\x00\x01\x00\x00\x1f\x09\x1d\x81\x00\x01anybody?";

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_bytes_are_read_or_refused(
        noise: Vec<u8>,
        changes in prop::collection::vec((0..36usize, any::<u8>()), 0..4),
        length in 0..=36usize,
    ) {
        let mut packet = REPLY;
        for (at, byte) in changes {
            packet[at] = byte;
        }
        for bytes in [&noise[..], &packet, &packet[20..], &packet[..length]] {
            for kind in [Kind::Raw, Kind::Datagram] {
                if let Ok(received) = Received::parse(kind, bytes) {
                    prop_assert!(!received.to_string().is_empty());
                }
            }
        }
    }
}
