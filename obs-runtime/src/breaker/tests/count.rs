//! The window of the last calls against a list of them.

use std::collections::VecDeque;

use proptest::prelude::*;

use crate::breaker::count::{CountWindow, Tally};
use crate::breaker::word::Generation;

fn expected(all: &VecDeque<(bool, bool)>) -> Tally {
    Tally {
        calls: all.len() as u64,
        failed: all.iter().filter(|(failed, _)| *failed).count() as u64,
        slow: all.iter().filter(|(_, slow)| *slow).count() as u64,
    }
}

proptest! {
    #[test]
    fn it_holds_the_last_calls_of_the_present_state(
        size in 1u32..150,
        steps in prop::collection::vec((any::<bool>(), any::<bool>(), 0u8..40), 0..400),
    ) {
        let mut generation = Generation::FIRST;
        let mut total = 7;
        let window = CountWindow::new(generation, size, total);
        let mut model = VecDeque::new();
        let mut calls = 0;
        for (failed, slow, dice) in steps {
            total += 1;
            if dice == 0 {
                prop_assert!(window.note(generation.next(), total, true, true).is_none());
                generation = generation.next();
                window.reset(generation, total);
                model.clear();
                calls = 0;
                continue;
            }
            calls += 1;
            if failed || slow {
                prop_assert_eq!(window.note(generation, total, failed, slow), Some(calls));
            }
            model.push_back((failed, slow));
            if model.len() > size as usize {
                model.pop_front();
            }
            prop_assert_eq!(window.tally(size, total), expected(&model));
        }
    }
}
