//! Nobody waits any more: what becomes of the bytes that come then.

#[cfg(target_os = "linux")]
use {
    ch02_concepts::waiting::ring::{self, Ring},
    rustix::event::{PollFd, PollFlags, Timespec, poll},
    rustix::io::ioctl_fionread,
    std::io::{self, PipeReader, Read, Write},
    std::os::fd::AsFd,
    std::thread::sleep,
    std::time::Duration,
};

/// How many bytes lie in the pipe. A tenth of a second to take them is for
/// older kernels, which read on a thread of their own.
#[cfg(target_os = "linux")]
fn lying(pipe: &PipeReader) -> io::Result<u64> {
    for _ in 0..100 {
        if ioctl_fionread(pipe)? == 0 {
            break;
        }
        sleep(Duration::from_millis(1));
    }
    Ok(ioctl_fionread(pipe)?)
}

#[cfg(target_os = "linux")]
// ANCHOR: give_up
fn give_up() -> io::Result<()> {
    let (mut reader, mut writer) = io::pipe()?;
    let mut set = [PollFd::new(&reader, PollFlags::IN)];
    poll(&mut set, Some(&Timespec::default()))?; // Not now? Then not.
    writer.write_all(b"a1")?;
    println!("readiness:  {} bytes in the pipe", lying(&reader)?);
    reader.read_exact(&mut [0; 2])?;

    let mut ring = Ring::new(1)?;
    ring.read(reader.as_fd(), 0, vec![0; 16]);
    ring.submit()?; // And nobody waits for it.
    writer.write_all(b"a1")?;
    println!("completion: {} bytes in the pipe", lying(&reader)?);
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
