//! The cases of the exercise.

use ex_what_stops::{Limit, Machine, Server};

fn machine() -> Machine {
    Machine {
        descriptors: 1024,
        memory: 1 << 30,
    }
}

fn server() -> Server {
    Server {
        processes: 1,
        others: 24,
        idle: 10_000,
        busy: 0,
        one_in: 1,
    }
}

/// Enough for everybody.
const ADDRESSES: u64 = 1000;
const PORTS: u64 = 28_232;

book_exercise::cases! {
    for ex_what_stops;

    fn a_default_limit_on_descriptors_is_the_first_to_stop_it() {
        let stop = what_stops(&machine(), &server(), ADDRESSES, PORTS);
        assert_eq!(stop, (1000, Limit::Descriptors));
    }

    fn each_process_has_descriptors_of_its_own() {
        let server = Server { processes: 4, ..server() };
        let stop = what_stops(&machine(), &server, ADDRESSES, PORTS);
        assert_eq!(stop, (4000, Limit::Descriptors));
    }

    fn one_client_address_has_so_many_ports() {
        let machine = Machine { descriptors: 1 << 20, memory: 1 << 40 };
        let stop = what_stops(&machine, &server(), 1, PORTS);
        assert_eq!(stop, (28_232, Limit::Ports));
        let stop = what_stops(&machine, &server(), 2, PORTS);
        assert_eq!(stop, (56_464, Limit::Ports));
    }

    fn memory_is_for_the_active_ones_too() {
        let machine = Machine { descriptors: 1 << 20, memory: 1_000_000 };
        let server = Server { idle: 1000, busy: 9000, one_in: 10, ..server() };
        // 523 connections, of which 53 are active, take exactly 1,000,000.
        let stop = what_stops(&machine, &server, ADDRESSES, PORTS);
        assert_eq!(stop, (523, Limit::Memory));
    }

    fn all_active_is_the_worst() {
        let machine = Machine { descriptors: 1 << 20, memory: 1_000_000 };
        let server = Server { idle: 1000, busy: 9000, ..server() };
        let stop = what_stops(&machine, &server, ADDRESSES, PORTS);
        assert_eq!(stop, (100, Limit::Memory));
        let server = Server { one_in: 0, ..server };
        let stop = what_stops(&machine, &server, ADDRESSES, PORTS);
        assert_eq!(stop, (100, Limit::Memory));
    }

    fn more_others_than_descriptors_leave_none() {
        let server = Server { others: 2000, ..server() };
        let stop = what_stops(&machine(), &server, ADDRESSES, PORTS);
        assert_eq!(stop, (0, Limit::Descriptors));
    }

    fn of_two_the_first_is_named() {
        let machine = Machine { descriptors: 124, memory: 1_000_000 };
        let stop = what_stops(&machine, &server(), 1, 100);
        assert_eq!(stop, (100, Limit::Descriptors));
    }

    fn no_number_is_too_large() {
        let most = u64::MAX;
        let machine = Machine { descriptors: most, memory: most };
        let server = Server {
            processes: most,
            others: 0,
            idle: most,
            busy: most,
            one_in: 1,
        };
        let stop = what_stops(&machine, &server, most, most);
        assert_eq!(stop, (0, Limit::Memory));
        let server = Server { idle: 0, busy: 0, ..server };
        let stop = what_stops(&machine, &server, most, most);
        assert_eq!(stop, (most, Limit::Descriptors));
    }
}
