//! One core's time, column by column: who computes, who waits for an answer,
//! who waits for the core (2.2).
//!
//! Jobs run as tasks of [`crate::executor`], on a clock of their own: a column
//! of computing moves it by one, and when nobody can compute it jumps to the
//! next answer. So a run takes no time, and is the same each time.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::future::poll_fn;
use std::mem;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use crate::executor::{Park, Unparker, block_on};
use crate::oneshot;

/// How many columns a thread computes before it is another's turn.
pub const SLICE: u32 = 3;

/// How jobs share the core.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// One after the other; who waits for an answer keeps the core.
    Blocking,
    /// A thread each. Who waits gives up the core, and from who computes the
    /// kernel takes it after [`SLICE`] columns.
    Threads,
    /// A task each. Who waits gives up the core, who computes keeps it.
    Tasks,
    /// A task each, whose waits block the thread they all share.
    TasksThatBlock,
}

/// What a job does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Computes for so many columns.
    Compute(u32),
    /// Waits for an answer that takes so many columns.
    Ask(u32),
}

/// What a job did in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell {
    /// It could compute and had no core.
    Ready,
    /// It had the core.
    Computing,
    /// It waited for an answer.
    Asking,
    /// Nothing: it was done.
    Done,
}

/// What each job did, column by column; all rows have the same length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeline(pub Vec<Vec<Cell>>);

impl Timeline {
    /// How many columns passed until the last job was done.
    pub fn columns(&self) -> usize {
        self.0.first().map_or(0, Vec::len)
    }
}

/// Runs jobs on one core.
pub fn run(way: Way, jobs: &[Vec<Step>]) -> Timeline {
    let core = Core::new(way, jobs.len());
    block_on(core.clone(), async |spawner| {
        let mut handles = Vec::new();
        for (job, steps) in jobs.iter().cloned().enumerate() {
            let core = core.clone();
            let handle = spawner.spawn(async move {
                core.run(job, &steps).await;
            });
            if way == Way::Blocking {
                let _ = handle.await;
            } else {
                handles.push(handle);
            }
        }
        for handle in handles {
            let _ = handle.await;
        }
    });
    let rows = mem::take(&mut core.0.borrow_mut().rows);
    Timeline(rows)
}

/// The core, its clock, and what is drawn of it.
#[derive(Clone)]
struct Core(Rc<RefCell<State>>, Way);

struct State {
    now: u32,
    doing: Vec<Cell>,
    rows: Vec<Vec<Cell>>,
    /// Who asked, by the time of the answer.
    answers: BTreeMap<(u32, usize), oneshot::Sender<()>>,
}

impl Core {
    fn new(way: Way, jobs: usize) -> Self {
        let state = State {
            now: 0,
            doing: vec![Cell::Ready; jobs],
            rows: vec![Vec::new(); jobs],
            answers: BTreeMap::new(),
        };
        Core(Rc::new(RefCell::new(state)), way)
    }

    async fn run(&self, job: usize, steps: &[Step]) {
        for step in steps {
            match *step {
                Step::Compute(columns) => {
                    for column in 1..=columns {
                        self.set(job, Cell::Computing);
                        self.tick();
                        self.set(job, Cell::Ready);
                        if self.1 == Way::Threads && column % SLICE == 0 {
                            yield_now().await; // The kernel's doing.
                        }
                    }
                }
                Step::Ask(columns) => {
                    self.set(job, Cell::Asking);
                    match self.1 {
                        Way::Blocking | Way::TasksThatBlock => {
                            (0..columns).for_each(|_| self.tick());
                        }
                        Way::Threads | Way::Tasks => {
                            let _ = self.answer(job, columns).await;
                        }
                    }
                    self.set(job, Cell::Ready);
                }
            }
        }
        self.set(job, Cell::Done);
    }

    fn set(&self, job: usize, cell: Cell) {
        self.0.borrow_mut().doing[job] = cell;
    }

    /// What comes after so many columns.
    fn answer(&self, job: usize, columns: u32) -> oneshot::Receiver<()> {
        let (sender, receiver) = oneshot::channel();
        let mut state = self.0.borrow_mut();
        let at = state.now + columns;
        state.answers.insert((at, job), sender);
        receiver
    }

    /// Lets a column pass.
    fn tick(&self) {
        let state = &mut *self.0.borrow_mut();
        for (row, cell) in state.rows.iter_mut().zip(&state.doing) {
            row.push(*cell);
        }
        state.now += 1;
        while let Some(answer) = state.answers.first_entry()
            && answer.key().0 <= state.now
        {
            state.doing[answer.key().1] = Cell::Ready;
            answer.remove().send(());
        }
    }
}

impl Park for Core {
    fn park(&mut self, timeout: Option<Duration>) {
        // Nobody can compute: time passes until an answer is there.
        if timeout.is_none() {
            self.tick();
        }
    }

    fn unparker(&self) -> Unparker {
        Arc::new(|| ()) // Nothing happens outside of this thread.
    }
}

/// Lets the other tasks have a turn.
async fn yield_now() {
    let mut yielded = false;
    poll_fn(|context| {
        if mem::replace(&mut yielded, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

impl fmt::Display for Timeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (row, name) in self.0.iter().zip('A'..) {
            let row: String = row
                .iter()
                .map(|cell| match cell {
                    Cell::Ready => '-',
                    Cell::Computing => '#',
                    Cell::Asking => '.',
                    Cell::Done => ' ',
                })
                .collect();
            writeln!(f, "  {name} {}", row.trim_end())?;
        }
        Ok(())
    }
}
