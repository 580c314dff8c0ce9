//! The access log, in the Common Log Format that web servers have written
//! since the first one:
//!
//! ```text
//! 127.0.0.1 - - [28/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 13
//! ```

use std::fmt::{self, Write as _};
use std::io::{BufWriter, Write};
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, UNIX_EPOCH};

use httpdate::HttpDate;

use crate::head::Request;

/// A request that was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Who asked.
    pub peer: IpAddr,
    /// When the answer began, since 1970.
    pub time: Duration,
    /// The first line of the request, as it came; empty if there was none.
    pub line: Box<[u8]>,
    /// The status code of the answer.
    pub status: u16,
    /// How many bytes of content went to the kernel.
    pub bytes: u64,
}

// ANCHOR: display
impl fmt::Display for Entry {
    /// Nothing that a client sends can end the line, or the quotes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} - - [{}] \"", self.peer, Stamp(self.time))?;
        for &byte in &self.line {
            match byte {
                b'"' | b'\\' => write!(f, "\\{}", char::from(byte))?,
                b' '..=b'~' => f.write_char(byte.into())?,
                _ => write!(f, "\\x{byte:02x}")?,
            }
        }
        write!(f, "\" {} ", self.status)?;
        match self.bytes {
            0 => f.write_str("-"),
            bytes => write!(f, "{bytes}"),
        }
    }
}
// ANCHOR_END: display

/// Writes entries in a thread of its own, so that a disk that is slow keeps no
/// connection waiting. If the thread does not keep up, entries are lost, and a
/// line says how many.
#[derive(Debug)]
pub struct Log {
    queue: Option<SyncSender<Entry>>,
    lost: Arc<AtomicU64>,
    writer: Option<JoinHandle<()>>,
}

/// How many entries may wait to be written.
const QUEUE: usize = 8192;

impl Log {
    /// A log that goes to `to`. What cannot be written there is lost.
    pub fn new(to: impl Write + Send + 'static) -> Self {
        let (queue, entries) = sync_channel(QUEUE);
        let lost = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&lost);
        let writer = thread::spawn(move || write(&entries, to, &count));
        Log {
            queue: Some(queue),
            lost,
            writer: Some(writer),
        }
    }

    /// Adds an entry, and does not wait.
    // ANCHOR: add
    pub fn add(&self, entry: Entry) {
        if let Some(queue) = &self.queue
            && queue.try_send(entry).is_err()
        {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }
    // ANCHOR_END: add
}

impl Drop for Log {
    /// Waits until everything is written.
    fn drop(&mut self) {
        self.queue = None;
        if let Some(writer) = self.writer.take() {
            // A panic has been reported already.
            let _ = writer.join();
        }
    }
}

fn write(entries: &Receiver<Entry>, to: impl Write, lost: &AtomicU64) {
    let mut to = BufWriter::new(to);
    while let Ok(entry) = entries.recv() {
        // What waits goes out together; errors of the disk concern nobody
        // who is connected.
        let _ = writeln!(to, "{entry}");
        for entry in entries.try_iter().take(QUEUE) {
            let _ = writeln!(to, "{entry}");
        }
        let lost = lost.swap(0, Ordering::Relaxed);
        if lost > 0 {
            let _ = writeln!(to, "# {lost} entries were lost");
        }
        let _ = to.flush();
    }
}

/// How much of a request's first line is kept, in bytes.
const LINE: usize = 1024;

/// What is kept of a request's first line: at most 1,024 bytes.
pub fn line(request: &Request<'_>) -> Box<[u8]> {
    let line = request.line();
    line[..line.len().min(LINE)].into()
}

struct Stamp(Duration);

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // `Sat, 28 Nov 2026 10:00:00 GMT`, the pieces in another order.
        let date = HttpDate::from(UNIX_EPOCH + self.0).to_string();
        let mut words = date.split(' ').skip(1);
        let mut word = || words.next().unwrap_or_default();
        let [day, month, year, time] = [word(), word(), word(), word()];
        write!(f, "{day}/{month}/{year}:{time} +0000")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes what is written once it may.
    struct Slow(
        std::sync::mpsc::Receiver<()>,
        Arc<std::sync::Mutex<Vec<u8>>>,
    );

    impl Write for Slow {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            let _ = self.0.recv_timeout(Duration::from_secs(10));
            self.1.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_slow_disk_costs_entries_and_keeps_nobody_waiting() {
        let entry = Entry {
            peer: IpAddr::from([127, 0, 0, 1]),
            time: Duration::ZERO,
            line: b"GET / HTTP/1.1"[..].into(),
            status: 200,
            bytes: 5,
        };
        let (go, wait) = std::sync::mpsc::channel();
        let written = Arc::default();
        let log = Log::new(Slow(wait, Arc::clone(&written)));
        for _ in 0..3 * QUEUE {
            log.add(entry.clone());
        }
        drop(go);
        drop(log);
        let text = written.lock().unwrap().clone();
        let text = String::from_utf8(text).unwrap();
        let written = text.lines().filter(|l| l.ends_with(" 200 5")).count();
        let lost = text.lines().filter_map(|line| {
            let count = line.strip_prefix("# ")?.split(' ').next()?;
            count.parse::<usize>().ok()
        });
        assert_eq!(written + lost.sum::<usize>(), 3 * QUEUE);
        assert!(written < 3 * QUEUE);
    }

    #[test]
    fn a_client_cannot_write_a_line_of_its_own() {
        let entry = Entry {
            peer: IpAddr::from([127, 0, 0, 1]),
            time: Duration::from_secs(1_795_860_000),
            line: b"GET /\"\\\r\n\x1b[2J\xff HTTP/1.1"[..].into(),
            status: 400,
            bytes: 0,
        };
        let line = entry.to_string();
        assert_eq!(
            line,
            r#"127.0.0.1 - - [28/Nov/2026:10:00:00 +0000] "GET /\"\\\x0d\x0a\x1b[2J\xff HTTP/1.1" 400 -"#
        );
    }
}
