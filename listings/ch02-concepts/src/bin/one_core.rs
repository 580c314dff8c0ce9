//! Three requests on one core, four ways.

use ch02_concepts::timeline::{Step, Way, run};

fn main() {
    println!("# computes   . waits for an answer   - waits for the core");
    let job = vec![Step::Compute(2), Step::Ask(5), Step::Compute(2)];
    let jobs = vec![job; 3];
    for (way, name) in [
        (Way::Blocking, "one after the other, blocking"),
        (Way::Threads, "a thread each"),
        (Way::Tasks, "a task each"),
        (Way::TasksThatBlock, "a task each, with calls that block"),
    ] {
        let timeline = run(way, &jobs);
        println!("{name}: {} columns", timeline.columns());
        print!("{timeline}");
    }
}
