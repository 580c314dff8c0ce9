//! What holds for every timeline, whatever the jobs.

use ch02_concepts::timeline::{Cell, SLICE, Step, Timeline, Way, run};
use proptest::prelude::*;

const WAYS: [Way; 4] =
    [Way::Blocking, Way::Threads, Way::Tasks, Way::TasksThatBlock];

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (1..6_u32).prop_map(Step::Compute),
        (1..6_u32).prop_map(Step::Ask),
    ]
}

fn jobs() -> impl Strategy<Value = Vec<Vec<Step>>> {
    prop::collection::vec(prop::collection::vec(step(), 1..6), 1..6)
}

fn count(row: &[Cell], cell: Cell) -> u32 {
    row.iter().filter(|c| **c == cell).count() as u32
}

fn computing(job: &[Step]) -> u32 {
    let columns = |step: &Step| match step {
        Step::Compute(columns) => *columns,
        Step::Ask(_) => 0,
    };
    job.iter().map(columns).sum()
}

fn asking(job: &[Step]) -> u32 {
    let columns = |step: &Step| match step {
        Step::Compute(_) => 0,
        Step::Ask(columns) => *columns,
    };
    job.iter().map(columns).sum()
}

/// Columns in which the job had a core and nobody else got it meanwhile.
fn longest_run(row: &[Cell]) -> usize {
    row.chunk_by(|a, b| a == b)
        .filter(|run| run[0] == Cell::Computing)
        .map(<[Cell]>::len)
        .max()
        .unwrap_or(0)
}

proptest! {
    #[test]
    fn one_core_computes_one_job_at_a_time_and_all_of_each(jobs in jobs()) {
        for way in WAYS {
            let Timeline(rows) = run(way, &jobs);
            for (row, job) in rows.iter().zip(&jobs) {
                prop_assert_eq!(row.len(), rows[0].len());
                prop_assert_eq!(count(row, Cell::Computing), computing(job));
                prop_assert_eq!(count(row, Cell::Asking), asking(job));
            }
            for column in 0..rows[0].len() {
                let at = rows.iter().map(|row| row[column]);
                let cores = at.filter(|c| *c == Cell::Computing).count();
                prop_assert!(cores <= 1, "{way:?}, column {column}");
            }
        }
    }

    #[test]
    fn who_blocks_takes_the_sum_of_all(jobs in jobs()) {
        let sum: u32 = jobs.iter().map(|j| computing(j) + asking(j)).sum();
        for way in [Way::Blocking, Way::TasksThatBlock] {
            prop_assert_eq!(run(way, &jobs).columns(), sum as usize);
        }
    }

    #[test]
    fn no_core_is_idle_while_a_thread_or_a_task_is_ready(jobs in jobs()) {
        for way in [Way::Threads, Way::Tasks] {
            let Timeline(rows) = run(way, &jobs);
            for column in 0..rows[0].len() {
                let at: Vec<Cell> = rows.iter().map(|r| r[column]).collect();
                prop_assert!(
                    at.contains(&Cell::Computing)
                        || !at.contains(&Cell::Ready),
                    "{way:?}, column {column}: {at:?}"
                );
            }
        }
    }

    #[test]
    fn a_thread_alone_is_preempted_for_nobody(steps in jobs()) {
        let one = &steps[..1];
        prop_assert_eq!(run(Way::Threads, one), run(Way::Tasks, one));
    }
}

#[test]
fn a_thread_computes_no_longer_than_its_slice_while_others_are_ready() {
    let jobs = vec![vec![Step::Compute(9)]; 2];
    let Timeline(threads) = run(Way::Threads, &jobs);
    assert_eq!(longest_run(&threads[0]), SLICE as usize);
    let Timeline(tasks) = run(Way::Tasks, &jobs);
    assert_eq!(longest_run(&tasks[0]), 9);
}

#[test]
fn no_jobs_take_no_time() {
    for way in WAYS {
        assert_eq!(run(way, &[]).columns(), 0);
    }
}
