//! Five ways to wait for two pipes, their system calls counted (2.4).
//!
//! [`watch`] makes two pipes, gives their read ends to a *way* of waiting that
//! runs on a thread of its own, and plays [`SCRIPT`] on their write ends. It
//! returns what was read in which order, and how many system calls of which
//! kind the way made, as it said itself. On Linux the number of reads is
//! compared with the kernel's own.
//!
//! The writer never sleeps for a while and hopes. It plays the next step when
//! the reader has taken all there was in the pipes it waits for and waits
//! again; on Linux it also sees that the reader is asleep.

mod count;
mod desk;
mod kernel;
mod pipes;
#[cfg(target_os = "linux")]
pub mod ring;
mod script;

use std::fmt;
use std::io::{self, PipeReader, PipeWriter, Write};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

pub use count::{Calls, Counter};
use desk::Desk;
use kernel::Task;
pub use pipes::Pipes;
pub use script::{Pipe, SCRIPT, Step};

/// How long the reader may take for anything.
const DEADLINE: Duration = Duration::from_secs(5);

/// What happened, in the order in which it did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// The writer wrote. When the reader waited for the other pipe alone:
    /// that pipe, and how many bytes lie in this one.
    Wrote(Pipe, &'static str, Option<(Pipe, u64)>),
    /// The writer closed the pipe.
    Closed(Pipe),
    /// The reader got this.
    Got(Pipe, String),
    /// The reader learned that the pipe has ended.
    End(Pipe),
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (writer, reader) = match self {
            Line::Wrote(pipe, text, elsewhere) => {
                let waits = elsewhere.map(|(other, lying)| {
                    format!(
                        "waits for {other:?}, {lying} bytes lie in {pipe:?}"
                    )
                });
                (format!("{text} into {pipe:?}"), waits.unwrap_or_default())
            }
            Line::Closed(pipe) => (format!("closes {pipe:?}"), String::new()),
            Line::Got(pipe, text) => {
                (String::new(), format!("{text} out of {pipe:?}"))
            }
            Line::End(pipe) => (String::new(), format!("end of {pipe:?}")),
        };
        write!(f, "{}", format!("{writer:16}{reader}").trim_end())
    }
}

/// What a way of waiting did with the script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What happened, in order.
    pub lines: Vec<Line>,
    /// The system calls, as the way counted them.
    pub calls: Calls,
    /// The reads of the reader's thread as the kernel counted them, where it
    /// does.
    pub kernel_reads: Option<u64>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:16}reader", "writer")?;
        for line in &self.lines {
            writeln!(f, "{line}")?;
        }
        if self.calls.is_empty() {
            return Ok(());
        }
        write!(f, "system calls:")?;
        for (n, (name, count)) in self.calls.iter().enumerate() {
            write!(f, "{} {count} {name}", if n == 0 { "" } else { "," })?;
        }
        writeln!(f)
    }
}

/// Why there is no report.
#[derive(Debug)]
pub enum Error {
    /// A system call failed.
    Io(io::Error),
    /// In five seconds the reader was not ready for this step of the script,
    /// or did not end after the last.
    Stuck(Option<Step>),
    /// The reader returned although it had not seen this pipe end.
    Left(Pipe),
    /// The reader panicked.
    Panicked,
    /// The way counted other than the kernel.
    Miscounted {
        /// The number of reads that the way counted.
        ours: u64,
        /// The number of reads that its thread made.
        kernel: u64,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Io(error) => error.fmt(f),
            Error::Stuck(Some(step)) => {
                write!(f, "the reader was not ready for {step:?}")
            }
            Error::Stuck(None) => write!(f, "the reader did not end"),
            Error::Left(pipe) => {
                write!(f, "the reader left before {pipe:?} ended")
            }
            Error::Panicked => write!(f, "the reader panicked"),
            Error::Miscounted { ours, kernel } => write!(
                f,
                "the reader counted {ours} reads, the kernel {kernel}"
            ),
        }
    }
}

impl std::error::Error for Error {}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Error::Io(error)
    }
}

/// A way of waiting: it reads from the pipes until both have ended.
pub type Way = fn(&Pipes) -> io::Result<()>;

/// Plays the script to `way` and prints the report.
///
/// # Errors
/// As [`watch`].
pub fn show(way: Way) -> Result<(), Error> {
    print!("{}", watch(way)?);
    Ok(())
}

/// What the reader's thread hands over at its end.
type Outcome = (io::Result<()>, Calls);

/// Plays the script to `way`, on a thread named `reader`.
///
/// # Errors
/// See [`Error`].
pub fn watch(way: Way) -> Result<Report, Error> {
    watch_within(way, DEADLINE)
}

fn watch_within(way: Way, deadline: Duration) -> Result<Report, Error> {
    let (read_a, write_a) = io::pipe()?;
    let (read_b, write_b) = io::pipe()?;
    let looks = [read_a.try_clone()?, read_b.try_clone()?];
    let desk = Arc::new(Desk::default());
    let pipes = Pipes::new([read_a, read_b], Arc::clone(&desk));
    let (started, task) = mpsc::channel();
    let (done, outcome) = mpsc::channel::<Outcome>();
    let (leave, may_leave) = mpsc::channel::<()>();
    let reader =
        thread::Builder::new()
            .name("reader".into())
            .spawn(move || {
                let _ = started.send(Task::current());
                let result = way(&pipes);
                let calls = pipes.take_calls();
                drop(pipes);
                let _ = done.send((result, calls));
                // The kernel's count is gone when the thread is.
                let _ = may_leave.recv();
            })?;
    let task = task.recv_timeout(deadline).unwrap_or_default();
    let writers = [Some(write_a), Some(write_b)];
    let played = play(&desk, task.as_ref(), writers, &looks, deadline);
    // The write ends are closed now, whatever happened: a read ends.
    let (result, calls) = match outcome.recv_timeout(deadline) {
        Ok(outcome) => outcome,
        Err(mpsc::RecvTimeoutError::Disconnected) => {
            return Err(Error::Panicked);
        }
        Err(mpsc::RecvTimeoutError::Timeout) => {
            return Err(played.err().unwrap_or(Error::Stuck(None)));
        }
    };
    let kernel_reads = task.and_then(|task| task.reads());
    drop(leave);
    let _ = reader.join();
    result?;
    played?;
    desk.all_ended()?;
    compare(&calls, kernel_reads)?;
    Ok(Report {
        lines: desk.lines(),
        calls,
        kernel_reads,
    })
}

// ANCHOR: play
/// Plays each step as soon as the reader is ready for it.
fn play(
    desk: &Desk,
    task: Option<&Task>,
    mut writers: [Option<PipeWriter>; 2],
    looks: &[PipeReader; 2],
    deadline: Duration,
) -> Result<(), Error> {
    for step in SCRIPT {
        let Some(waiting) = desk.ready(deadline) else {
            return Err(Error::Stuck(Some(step)));
        };
        if waiting.sleeps
            && let Some(task) = task
            && !task.falls_asleep(deadline)
        {
            return Err(Error::Stuck(Some(step)));
        }
        match step {
            Step::Write(pipe, text) => desk.write(pipe, text, || {
                let writer = writers[pipe as usize].as_mut();
                let writer = writer.expect("the script closes a pipe last");
                writer.write_all(text.as_bytes())?;
                Ok(rustix::io::ioctl_fionread(&looks[pipe as usize])?)
            })?,
            Step::Close(pipe) => {
                desk.close(pipe, || drop(writers[pipe as usize].take()));
            }
        }
    }
    Ok(())
}
// ANCHOR_END: play

/// A way that counts nothing, because others make its calls, is not compared.
fn compare(calls: &Calls, kernel: Option<u64>) -> Result<(), Error> {
    let read = calls.iter().find(|(name, _)| *name == "read");
    let ours = read.map_or(0, |(_, count)| *count);
    match kernel {
        Some(kernel) if !calls.is_empty() && kernel != ours => {
            Err(Error::Miscounted { ours, kernel })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads A to its end, then B.
    fn one_after_the_other(pipes: &Pipes) -> io::Result<()> {
        for pipe in Pipe::BOTH {
            while pipes.open().contains(&pipe) {
                pipes.read(pipe)?;
            }
        }
        Ok(())
    }

    #[test]
    fn the_writer_goes_on_while_the_reader_waits_for_the_other_pipe() {
        let report = watch(one_after_the_other).unwrap();
        let expected = [
            Line::Wrote(Pipe::B, "b1", Some((Pipe::A, 2))),
            Line::Wrote(Pipe::B, "b2", Some((Pipe::A, 4))),
            Line::Wrote(Pipe::A, "a1", None),
            Line::Got(Pipe::A, "a1".into()),
            Line::Closed(Pipe::A),
            Line::End(Pipe::A),
            Line::Got(Pipe::B, "b1b2".into()),
            Line::Closed(Pipe::B),
            Line::End(Pipe::B),
        ];
        assert_eq!(report.lines, expected);
        assert_eq!(report.calls, [("read", 4)]);
    }

    #[test]
    fn a_read_that_is_not_counted_is_noticed() {
        let way = |pipes: &Pipes| {
            let mut buffer = [0; 1];
            pipes.set_nonblocking()?;
            let nothing = rustix::io::read(pipes.fd(Pipe::A), &mut buffer);
            assert!(nothing.is_err());
            rustix::io::ioctl_fionbio(pipes.fd(Pipe::A), false)?;
            rustix::io::ioctl_fionbio(pipes.fd(Pipe::B), false)?;
            one_after_the_other(pipes)
        };
        match watch(way) {
            Err(Error::Miscounted { ours: 4, kernel: 5 }) => {}
            Ok(Report {
                kernel_reads: None, ..
            }) => eprintln!("skipped: no count in /proc/thread-self/io"),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_reader_that_fails_or_leaves_ends_the_script() {
        let failed = watch(|_| Err(io::ErrorKind::Other.into()));
        assert!(matches!(failed, Err(Error::Io(_))), "{failed:?}");
        let left = watch(|_| Ok(()));
        assert!(matches!(left, Err(Error::Stuck(Some(_)))), "{left:?}");
        let panicked = watch(|_| panic!("as intended"));
        assert!(matches!(panicked, Err(Error::Panicked)), "{panicked:?}");
    }

    #[test]
    fn a_reader_that_never_waits_is_not_waited_for_forever() {
        let way = |pipes: &Pipes| {
            pipes.waits();
            thread::sleep(Duration::from_millis(300));
            pipes.call("nothing", || io::Result::Ok(()))
        };
        let stuck = watch_within(way, Duration::from_millis(100));
        assert!(matches!(stuck, Err(Error::Stuck(_))), "{stuck:?}");
    }
}
