//! The cases of the exercise.

use std::collections::BTreeSet;

use mio::Token;

book_exercise::cases! {
    for ex_stale_token;

    fn each_is_found_by_its_token() {
        let mut peers = Peers::default();
        let [ann, bob] = ["ann", "bob"].map(|name| peers.insert(name));
        assert_eq!(peers.get_mut(ann), Some(&mut "ann"));
        *peers.get_mut(bob).unwrap() = "rob";
        assert_eq!(peers.remove(bob), Some("rob"));
        assert_eq!(peers.get_mut(ann), Some(&mut "ann"));
    }

    fn a_late_event_does_not_find_the_next_one() {
        let mut peers = Peers::default();
        let gone = peers.insert("ann");
        assert_eq!(peers.remove(gone), Some("ann"));
        let next = peers.insert("bob");
        assert_eq!(peers.get_mut(gone), None);
        assert_eq!(peers.remove(gone), None);
        assert_eq!(peers.get_mut(next), Some(&mut "bob"));
    }

    fn removed_twice_is_free_once() {
        let mut peers = Peers::default();
        let gone = peers.insert(0);
        assert_eq!(peers.remove(gone), Some(0));
        assert_eq!(peers.remove(gone), None);
        let [one, two] = [1, 2].map(|n| peers.insert(n));
        assert_eq!(peers.get_mut(one), Some(&mut 1));
        assert_eq!(peers.get_mut(two), Some(&mut 2));
    }

    fn places_are_used_again_and_tokens_are_not() {
        let mut peers = Peers::default();
        let stays = peers.insert(10_000);
        let mut tokens = BTreeSet::from([stays]);
        for n in 0..10_000 {
            let token = peers.insert(n);
            assert!(tokens.insert(token), "a token is used again");
            assert_eq!(peers.remove(token), Some(n));
        }
        assert_eq!(peers.places(), 2);
        assert_eq!(peers.get_mut(stays), Some(&mut 10_000));
    }

    fn nobody_has_the_reserved_tokens() {
        let mut peers = Peers::default();
        let tokens = [0, 1].map(|n| peers.insert(n));
        for reserved in [usize::MAX, usize::MAX - 1].map(Token) {
            assert!(!tokens.contains(&reserved));
            assert_eq!(peers.get_mut(reserved), None);
            assert_eq!(peers.remove(reserved), None);
        }
    }
}
