//! A network link that loses, repeats and delays, as a state machine (2.1).
