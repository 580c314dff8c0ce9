//! Which processors client and server run on. The price of a round trip
//! depends on it: see [`Place`].

use std::fs;
use std::io;

use rustix::process::Pid;
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// Where the two ends of a connection run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// On one processor. Whoever sends wakes the other by putting it into
    /// the queue of the processor that both are on.
    Together,
    /// On two. Whoever sends has to interrupt the other processor.
    Apart,
}

/// The processors that we may run on.
///
/// # Errors
/// As sched_getaffinity(2).
pub fn processors() -> io::Result<Vec<usize>> {
    let all = sched_getaffinity(None)?;
    let numbers = 0..CpuSet::MAX_CPU;
    Ok(numbers.filter(|cpu| all.is_set(*cpu)).collect())
}

/// Keeps this thread on processor `cpu`.
///
/// # Errors
/// As sched_setaffinity(2).
pub fn stay_on(cpu: usize) -> io::Result<()> {
    Ok(sched_setaffinity(None, &only(cpu))?)
}

fn only(cpu: usize) -> CpuSet {
    let mut set = CpuSet::new();
    set.set(cpu);
    set
}

/// Keeps this thread and the threads of another process where they were put,
/// until it is dropped.
#[derive(Debug)]
pub struct Kept {
    process: u32,
    before: CpuSet,
}

impl Kept {
    /// Puts this thread and `process` there. With one processor, apart is
    /// together.
    ///
    /// # Errors
    /// As sched_setaffinity(2), or when `/proc` does not tell the threads.
    pub fn at(place: Place, process: u32) -> io::Result<Self> {
        let all = processors()?;
        let (first, last) = (all[0], all[all.len() - 1]);
        let kept = Kept {
            process,
            before: sched_getaffinity(None)?,
        };
        stay_on(first)?;
        kept.put(&only(match place {
            Place::Together => first,
            Place::Apart => last,
        }))?;
        Ok(kept)
    }

    fn put(&self, set: &CpuSet) -> io::Result<()> {
        for task in fs::read_dir(format!("/proc/{}/task", self.process))? {
            let name = task?.file_name();
            let id = name.to_str().and_then(|name| name.parse().ok());
            sched_setaffinity(id.and_then(Pid::from_raw), set)?;
        }
        Ok(())
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        let _ = sched_setaffinity(None, &self.before);
        let _ = self.put(&self.before);
    }
}
