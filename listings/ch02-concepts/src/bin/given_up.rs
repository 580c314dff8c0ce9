//! Nobody waits any more: what becomes of the bytes that come then.

#[cfg(target_os = "linux")]
use {
    ch02_concepts::waiting::ring::{self, Ring},
    rustix::event::{PollFd, PollFlags, Timespec, poll},
    rustix::io::ioctl_fionread,
    std::io::{self, PipeReader, Read, Write},
    std::os::fd::AsFd,
    std::thread::sleep,
    std::time::{Duration, Instant},
};

/// How many bytes lie in the pipe, once that is certain: an older kernel
/// reads on a thread of its own.
#[cfg(target_os = "linux")]
fn lying(pipe: &PipeReader, expected: u64) -> io::Result<u64> {
    let start = Instant::now();
    loop {
        let lying = ioctl_fionread(pipe)?;
        if lying == expected || start.elapsed() > Duration::from_secs(1) {
            return Ok(lying);
        }
        sleep(Duration::from_millis(1));
    }
}

#[cfg(target_os = "linux")]
// ANCHOR: give_up
fn give_up() -> io::Result<()> {
    let (mut reader, mut writer) = io::pipe()?;
    let mut set = [PollFd::new(&reader, PollFlags::IN)];
    poll(&mut set, Some(&Timespec::default()))?; // Not now? Then not.
    writer.write_all(b"a1")?;
    println!("readiness:  {} bytes in the pipe", lying(&reader, 2)?);
    reader.read_exact(&mut [0; 2])?;

    let mut ring = Ring::new(1)?;
    ring.read(reader.as_fd(), 0, vec![0; 16]);
    ring.submit()?; // And nobody waits for it.
    writer.write_all(b"a1")?;
    println!("completion: {} bytes in the pipe", lying(&reader, 0)?);
    Ok(())
}
// ANCHOR_END: give_up

#[cfg(target_os = "linux")]
fn main() -> io::Result<()> {
    if let Err(refusal) = ring::available() {
        println!("{refusal}");
        return Ok(());
    }
    give_up()
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("This program uses io_uring: it needs Linux.");
}
