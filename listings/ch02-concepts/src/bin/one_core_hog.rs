//! One long computation among requests: who takes the core away?

use ch02_concepts::timeline::{Step, Way, run};

fn main() {
    let hog = vec![Step::Compute(15)];
    let request = vec![Step::Compute(1), Step::Ask(3), Step::Compute(1)];
    let jobs = [hog, request.clone(), request];
    println!("a thread each");
    print!("{}", run(Way::Threads, &jobs));
    println!("a task each");
    print!("{}", run(Way::Tasks, &jobs));
}
