//! The frame that a packet socket delivers: `hexdump_datagram --capture`.
#![cfg(target_os = "linux")]

use std::process::Command;

#[test]
fn a_query_is_captured_where_the_kernel_allows_it() {
    let output = Command::new(env!("CARGO_BIN_EXE_hexdump_datagram"))
        .arg("--capture")
        .output()
        .unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    if output.status.success() {
        assert!(stdout.contains("QNAME: www.example.com."), "{stdout}");
        assert!(stdout.contains("Source Address: 127.0.0.1"), "{stdout}");
    } else {
        assert!(stderr.contains("needs CAP_NET_RAW"), "{stderr}");
        assert_eq!(stdout, "");
    }
}
