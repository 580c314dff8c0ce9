//! Nobody waits any more: what becomes of the bytes that come then.

#[cfg(target_os = "linux")]
mod linux {
    use std::io::{self, PipeReader, Read, Write};
    use std::os::fd::AsFd;
    use std::thread::sleep;
    use std::time::{Duration, Instant};

    use ch02_concepts::waiting::ring::Ring;
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::io::ioctl_fionread;

    /// How many bytes lie in the pipe, once that is certain: an older kernel
    /// reads on a thread of its own.
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

    // ANCHOR: main
    pub fn main() -> io::Result<()> {
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
    // ANCHOR_END: main
}

#[cfg(target_os = "linux")]
fn main() -> std::io::Result<()> {
    if let Err(refusal) = ch02_concepts::waiting::ring::available() {
        println!("{refusal}");
        return Ok(());
    }
    linux::main()
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("This program uses io_uring: it needs Linux.");
}
