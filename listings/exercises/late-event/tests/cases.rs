//! The cases of the exercise.

book_exercise::cases! {
    for ex_late_event;

    fn who_came_is_found() {
        let mut slots = Slots::empty();
        let ann = slots.insert("ann");
        let bob = slots.insert("bob");
        assert_eq!(slots.get(ann), Some(&"ann"));
        assert_eq!(slots.get(bob), Some(&"bob"));
        assert_eq!(slots.places(), 2);
    }

    fn who_has_left_is_gone() {
        let mut slots = Slots::empty();
        let ann = slots.insert("ann");
        assert_eq!(slots.remove(ann), Some("ann"));
        assert_eq!(slots.get(ann), None);
        assert_eq!(slots.remove(ann), None);
    }

    fn a_late_event_does_not_find_who_came_after() {
        let mut slots = Slots::empty();
        let bob = slots.insert("bob");
        slots.remove(bob);
        let cid = slots.insert("cid");
        assert_ne!(bob, cid);
        assert_eq!(slots.get(bob), None);
        assert_eq!(slots.remove(bob), None);
        assert_eq!(slots.get(cid), Some(&"cid"));
    }

    fn the_place_is_in_the_low_half() {
        let mut slots = Slots::empty();
        let ids: Vec<u64> = (0..3).map(|n| slots.insert(n)).collect();
        slots.remove(ids[1]);
        let again = slots.insert(3);
        assert_eq!(again as u32, ids[1] as u32);
        assert_ne!(again >> 32, ids[1] >> 32);
        let places: Vec<u64> = ids.iter().map(|id| id & 0xffff_ffff).collect();
        assert_eq!(places, [0, 1, 2]);
    }

    fn coming_and_going_takes_no_more_room() {
        let mut slots = Slots::empty();
        let stays = slots.insert(0);
        let mut before = Vec::new();
        for n in 1..10_000 {
            let id = slots.insert(n);
            before.push(id);
            assert_eq!(slots.remove(id), Some(n));
        }
        assert_eq!(slots.places(), 2);
        assert_eq!(slots.get(stays), Some(&0));
        assert!(before.iter().all(|id| slots.get(*id).is_none()));
        before.sort_unstable();
        before.dedup();
        assert_eq!(before.len(), 9_999);
    }

    fn a_number_never_given_finds_nobody() {
        let mut slots = Slots::empty();
        let ann = slots.insert("ann");
        for id in [u64::MAX, u64::MAX - 1, ann + 1, ann + (1 << 32), 7 << 40] {
            assert_eq!(slots.get(id), None);
            assert_eq!(slots.remove(id), None);
        }
        assert_eq!(slots.get(ann), Some(&"ann"));
    }
}
