//! The cases of the exercise.

book_exercise::cases! {
    for ex_replay_window;

    fn each_number_once_in_order() {
        let mut window = Window::default();
        for number in 0..200 {
            assert!(window.may_be_new(number), "{number}");
            window.mark(number);
            assert!(!window.may_be_new(number), "{number}");
        }
    }

    fn numbers_that_were_overtaken_still_count() {
        let mut window = Window::default();
        for number in [0, 5, 2, 1, 70, 69, 7] {
            assert!(window.may_be_new(number), "{number}");
            window.mark(number);
        }
        for number in [69, 70, 7, 6, 5, 0] {
            assert!(!window.may_be_new(number), "{number}");
        }
        assert!(window.may_be_new(68));
    }

    fn what_is_too_old_is_refused() {
        let mut window = Window::default();
        window.mark(100);
        assert!(window.may_be_new(37));
        assert!(!window.may_be_new(36));
        window.mark(36);
        assert!(!window.may_be_new(36) && window.may_be_new(37));
    }

    fn asking_changes_nothing() {
        let mut window = Window::default();
        assert!(window.may_be_new(1_000_000));
        window.mark(0);
        assert!(window.may_be_new(1), "a forged number moved the window");
    }

    fn a_jump_of_any_size_forgets_what_is_behind() {
        for jump in [63, 64, 65, 1 << 32, (1 << 32) + 1, u64::MAX] {
            let mut window = Window::default();
            window.mark(0);
            window.mark(jump);
            assert!(!window.may_be_new(jump));
            assert!(window.may_be_new(jump - 1));
            assert!(!window.may_be_new(0));
        }
        let mut window = Window::default();
        window.mark(u64::MAX);
        assert!(window.may_be_new(u64::MAX - 63));
        assert!(!window.may_be_new(u64::MAX - 64));
    }
}
