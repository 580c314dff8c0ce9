//! What the kernel knows of a thread, on Linux: whether it sleeps, and how
//! often it has called read.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// A thread of this process in [proc(5)].
///
/// [proc(5)]: https://man7.org/linux/man-pages/man5/proc_pid_io.5.html
#[derive(Debug)]
pub(super) struct Task(PathBuf);

impl Task {
    /// The calling thread; `None` where there is no such folder. Reads no
    /// file, so that it does not count.
    pub fn current() -> Option<Self> {
        let link = fs::read_link("/proc/thread-self").ok()?;
        Some(Task(Path::new("/proc").join(link)))
    }

    /// How many system calls of the read family the thread has made, ended
    /// or failed. It must be asleep or have returned from the last.
    pub fn reads(&self) -> Option<u64> {
        let io = fs::read_to_string(self.0.join("io")).ok()?;
        io.lines()
            .find_map(|line| line.strip_prefix("syscr: ")?.trim().parse().ok())
    }

    /// Waits until the thread is asleep, interruptibly, as it is in a read of
    /// an empty pipe. `true` at once where the state cannot be read.
    pub fn falls_asleep(&self, deadline: Duration) -> bool {
        let start = Instant::now();
        while self.state().is_some_and(|state| state != 'S') {
            if start.elapsed() > deadline {
                return false;
            }
            sleep(Duration::from_micros(100));
        }
        true
    }

    fn state(&self) -> Option<char> {
        let stat = fs::read_to_string(self.0.join("stat")).ok()?;
        // Behind the name, which is in parentheses and may hold some.
        let (_, behind) = stat.rsplit_once(')')?;
        behind.trim_start().chars().next()
    }
}
