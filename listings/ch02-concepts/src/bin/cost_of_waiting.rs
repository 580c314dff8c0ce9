//! What one more that waits costs, as a thread and as a task. Needs Linux.

use std::env;
use std::error::Error;
use std::fs;
use std::process::{Command, Stdio};
use std::sync::RwLock;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::thread;

use ch02_concepts::executor::{ThreadPark, block_on};
use ch02_concepts::oneshot;

const RUNS: usize = 5;
const THREADS: u32 = 1_000;
/// A container may be limited to fewer, which will do as well.
const AT_LEAST: u32 = 100;
const TASKS: u32 = 10_000;
/// What is read, and where from.
const ROWS: [&str; 4] = [
    "KiB of address space",  // VmSize in /proc/self/status
    "KiB of memory in use",  // VmRSS there
    "KiB of kernel's stack", // KernelStack in /proc/meminfo
    "page faults",           // minflt in /proc/self/stat
];

type Costs = [f64; ROWS.len()];

// ANCHOR: wait
/// What a thread costs while it waits.
fn thread_costs() -> Result<Costs, Box<dyn Error>> {
    let (started, end) = (AtomicU32::new(0), RwLock::new(()));
    let wait = || {
        started.fetch_add(1, SeqCst);
        drop(end.read());
    };
    let before = costs()?;
    thread::scope(|scope| {
        let not_yet = end.write();
        let start = || thread::Builder::new().spawn_scoped(scope, wait);
        let mut threads = 0;
        while threads < THREADS && start().is_ok() {
            threads += 1;
        }
        while started.load(SeqCst) < threads {
            thread::yield_now();
        }
        let costs = costs();
        drop(not_yet);
        if threads < AT_LEAST {
            let limits = "ulimit -u, or pids.max of the control group";
            return Err(format!("{threads} threads only: see {limits}").into());
        }
        Ok(difference(before, costs?, threads))
    })
}

/// What a task costs while it waits.
fn task_costs() -> Result<Costs, Box<dyn Error>> {
    let before = costs()?;
    block_on(ThreadPark, async |spawner| {
        let mut ends = Vec::new();
        for _ in 0..TASKS {
            let (started, start) = oneshot::channel();
            let (end, ended) = oneshot::channel::<()>();
            drop(spawner.spawn(async {
                started.send(());
                ended.await
            }));
            start.await?;
            ends.push(end);
        }
        Ok(difference(before, costs()?, TASKS))
    })
}
// ANCHOR_END: wait

fn costs() -> Result<Costs, Box<dyn Error>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let memory = fs::read_to_string("/proc/meminfo")?;
    let stat = fs::read_to_string("/proc/self/stat")?;
    let named = |text: &str, name: &str| {
        let mut lines = text.lines();
        let value = lines.find_map(|line| line.strip_prefix(name));
        let value = value.and_then(|value| value.split_whitespace().next());
        number(value, name)
    };
    // Field 10; the second is the program's name, which may hold anything.
    let fields = stat.rsplit(')').next().unwrap_or_default();
    Ok([
        named(&status, "VmSize:")?,
        named(&status, "VmRSS:")?,
        named(&memory, "KernelStack:")?,
        number(fields.split_whitespace().nth(7), "minflt")?,
    ])
}

fn number(text: Option<&str>, name: &str) -> Result<f64, Box<dyn Error>> {
    let text = text.ok_or_else(|| format!("nothing says what {name} is"))?;
    Ok(text.parse()?)
}

fn difference(before: Costs, after: Costs, count: u32) -> Costs {
    std::array::from_fn(|row| (after[row] - before[row]) / f64::from(count))
}

/// Costs in a process of its own: nothing is left there by a run before.
fn measure(what: &str) -> Result<Costs, Box<dyn Error>> {
    let mut command = Command::new(env::current_exe()?);
    let child = command.arg(what).stderr(Stdio::inherit()).output()?;
    if !child.status.success() {
        return Err(format!("what a {what} costs is not known").into());
    }
    let text = String::from_utf8(child.stdout)?;
    let mut words = text.split_whitespace();
    let mut costs = Costs::default();
    for (cost, name) in costs.iter_mut().zip(ROWS) {
        *cost = number(words.next(), name)?;
    }
    Ok(costs)
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}

fn main() -> Result<(), Box<dyn Error>> {
    let child = |costs: Costs| costs.map(|cost| println!("{cost}"));
    match env::args().nth(1).as_deref() {
        Some("thread") => {
            child(thread_costs()?);
            return Ok(());
        }
        Some("task") => {
            child(task_costs()?);
            return Ok(());
        }
        _ if !cfg!(target_os = "linux") => {
            println!("only Linux has the files that this reads");
            return Ok(());
        }
        _ => {}
    }
    let mut runs = Vec::new();
    for _ in 0..RUNS {
        runs.push((measure("thread")?, measure("task")?));
    }
    for (row, name) in ROWS.iter().enumerate() {
        let thread = sorted(runs.iter().map(|run| run.0[row]))[RUNS / 2];
        let task = sorted(runs.iter().map(|run| run.1[row]))[RUNS / 2];
        println!("{name}: {thread:.2} a thread, {task:.2} a task");
    }
    let memory = |costs: &Costs| costs[1] + costs[2];
    let ratios = runs.iter().map(|(thread, task)| memory(thread) / task[1]);
    let ratios = sorted(ratios);
    println!(
        "a thread is {:.0} tasks of memory; in {RUNS} runs, {:.0} to {:.0}",
        ratios[RUNS / 2],
        ratios[0],
        ratios[RUNS - 1],
    );
    Ok(())
}
