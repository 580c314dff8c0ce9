use proptest::prelude::*;
use url::Url;

use super::*;

const MS: Duration = Duration::from_millis(1);

fn origin(name: &str) -> Origin {
    let url = Url::parse(&format!("http://{name}.example/")).unwrap();
    Origin::of(&url).unwrap()
}

fn pool(total: usize, per_origin: usize) -> Pool<u32> {
    Pool::new(Bounds {
        total,
        per_origin,
        idle: 100 * MS,
    })
}

fn open(pool: &mut Pool<u32>, name: &str) -> Lease {
    match pool.acquire(&origin(name), false, Duration::ZERO) {
        Acquired::Open(lease) => lease,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_last_used_is_the_first_reused_and_only_for_its_origin() {
    let mut pool = pool(10, 10);
    let (first, second) = (open(&mut pool, "a"), open(&mut pool, "a"));
    pool.release(first, 1, MS);
    pool.release(second, 2, 2 * MS);
    let other = pool.acquire(&origin("b"), false, 3 * MS);
    assert!(matches!(other, Acquired::Open(_)));
    let fresh = pool.acquire(&origin("a"), true, 3 * MS);
    assert!(matches!(fresh, Acquired::Open(_)));
    let same = pool.acquire(&origin("a"), false, 3 * MS);
    assert!(matches!(same, Acquired::Reused(_, 2)));
}

#[test]
fn idle_ones_are_closed_in_time() {
    let mut pool = pool(10, 10);
    let (first, second) = (open(&mut pool, "a"), open(&mut pool, "b"));
    pool.release(first, 1, Duration::ZERO);
    pool.release(second, 2, 50 * MS);
    assert_eq!(pool.expire(99 * MS), Some(100 * MS));
    assert_eq!(pool.total(), 2);
    assert_eq!(pool.expire(100 * MS), Some(150 * MS));
    assert_eq!((pool.total(), pool.idle()), (1, 1));
    let gone = pool.acquire(&origin("b"), false, 150 * MS);
    assert!(matches!(gone, Acquired::Open(_)));
}

#[test]
fn it_is_full_per_origin_and_in_all() {
    let mut pool = pool(3, 2);
    let (first, _second) = (open(&mut pool, "a"), open(&mut pool, "a"));
    let full = pool.acquire(&origin("a"), false, MS);
    assert!(matches!(full, Acquired::Full));
    let _third = open(&mut pool, "b");
    let full = pool.acquire(&origin("c"), false, MS);
    assert!(matches!(full, Acquired::Full));
    pool.discard(first);
    let _fourth = open(&mut pool, "c");
    assert_eq!(pool.total(), 3);
}

#[test]
fn room_is_made_by_the_one_idle_longest() {
    let mut pool = pool(2, 2);
    let (a, b) = (open(&mut pool, "a"), open(&mut pool, "b"));
    pool.release(b, 2, MS);
    pool.release(a, 1, 2 * MS);
    let lease = open(&mut pool, "c");
    assert_eq!((pool.total(), pool.idle()), (2, 1));
    pool.discard(lease);
    let kept = pool.acquire(&origin("a"), false, 3 * MS);
    assert!(matches!(kept, Acquired::Reused(_, 1)));
    // One that is fresh, where only old ones fit.
    let mut pool = self::pool(1, 1);
    let lease = open(&mut pool, "a");
    pool.release(lease, 1, MS);
    let fresh = pool.acquire(&origin("a"), true, MS);
    assert!(matches!(fresh, Acquired::Open(_)));
    assert_eq!((pool.total(), pool.idle()), (1, 0));
}

proptest! {
    #[test]
    fn the_count_is_right_whatever_happens(
        steps in proptest::collection::vec((0u8..4, 0usize..3, 0u32..60), 0..200),
    ) {
        let origins = ["a", "b", "c"].map(origin);
        let mut pool = pool(5, 3);
        let (mut leases, mut now) = (Vec::new(), Duration::ZERO);
        for (step, which, wait) in steps {
            now += wait * MS;
            match step {
                0 | 1 => match pool.acquire(&origins[which], step == 1, now) {
                    Acquired::Open(lease) | Acquired::Reused(lease, _) => {
                        prop_assert_eq!(lease.origin(), &origins[which]);
                        leases.push(lease);
                    }
                    Acquired::Full => {
                        let here = leases.iter();
                        let here = here.filter(|l| l.0 == origins[which]);
                        prop_assert!(leases.len() == 5 || here.count() == 3);
                    }
                },
                _ if leases.is_empty() => {}
                2 => pool.release(leases.remove(which % leases.len()), 7, now),
                _ => pool.discard(leases.remove(which % leases.len())),
            }
            prop_assert_eq!(pool.total(), pool.idle() + leases.len());
            prop_assert!(pool.total() <= 5);
            for origin in &origins {
                let busy = leases.iter().filter(|l| l.0 == *origin).count();
                prop_assert!(busy <= 3);
            }
        }
        pool.expire(now + 100 * MS);
        prop_assert_eq!(pool.idle(), 0);
        for lease in leases.drain(..) {
            pool.discard(lease);
        }
        prop_assert_eq!(pool.places.len(), 0);
    }
}
