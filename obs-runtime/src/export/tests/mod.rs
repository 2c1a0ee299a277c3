//! What every exporter survives, and where that is tested.
//!
//! In all of these the books are exact (`produced = delivered + dropped + queued`), what waits is bounded, nothing panics, and
//! what can be delivered later is. The core has a clock that jumps, the exporters have real connections.
//!
//! | fault | tests |
//! |---|---|
//! | refused | `who_is_not_there_at_the_end_gets_nothing_and_holds_nobody_up`, `who_is_not_there_gets_nothing_and_everything_is_counted`, `what_is_not_delivered_at_the_end_is_counted` |
//! | black hole | `an_address_that_swallows_everything_holds_nobody_up`, `a_cluster_that_swallows_everything_holds_nobody_up`, `a_carbon_that_reads_nothing_holds_nobody_up`, `a_connection_that_died_unseen_is_replaced` |
//! | reset within a body | `answers_that_do_not_end_are_no_answers`, `broken_connections_are_no_end`, `errors_of_the_receiver_and_broken_connections_are_worth_another_attempt` |
//! | a byte a second | `answers_that_do_not_end_are_no_answers`, `no_answer_is_a_reason_to_try_again` |
//! | 500 for ever | `a_receiver_that_fails_for_ever_holds_nobody_up`, `it_gives_up_for_newer_ones`, `what_a_receiver_refuses_is_not_sent_again`, `what_is_refused_whole_is_not_sent_again` |
//! | 429 with `Retry-After` | `a_receiver_says_when_to_come_back`, `busy_receivers_are_asked_again_when_they_say`, `the_receiver_says_when_to_come_back`, `the_whole_request_may_have_to_wait` |
//! | 400 | `what_a_receiver_refuses_is_not_sent_again`, `what_is_refused_is_not_sent_again`, `what_is_refused_whole_is_not_sent_again`, `codes_that_stay_are_not` |
//! | 413 | `what_is_too_large_is_sent_in_parts`, `what_is_too_large_is_halved`, `what_is_too_large_is_halved_and_at_last_given_up` |
//! | success that lies | `what_the_receiver_left_out_of_a_success_is_counted`, `each_record_has_a_fate_of_its_own`, `a_success_with_failures_in_it_is_none`, `a_success_of_someone_else_is_none`, `a_lie_about_rejected_items_does_not_upset_the_books`, `lines_that_were_refused_are_counted_if_the_database_says_how_many`, `what_was_not_written_is_counted` |
//! | TLS | `a_receiver_of_another_authority_gets_nothing`, `a_receiver_with_an_expired_certificate_gets_nothing`, `what_cannot_be_sent_for_its_certificate_is_counted` |
//! | DNS | `who_is_not_there_at_the_end_gets_nothing_and_holds_nobody_up`, `who_is_not_there_gets_nothing_and_everything_is_counted` |
//! | back after 30 s | `a_receiver_that_is_away_for_half_a_minute_misses_nothing`, `a_receiver_that_comes_back_gets_everything`, `a_receiver_that_comes_back_gets_what_waited`, `a_carbon_that_comes_back_gets_what_waited` |
//! | disk full | `what_finds_no_room_on_the_disk_waits_in_memory_and_arrives_in_order`, `a_full_spool_keeps_the_oldest_and_loses_nothing_unseen`, `without_a_disk_it_waits_in_memory_and_arrives_in_order`, `lines_for_a_full_device_are_lost_and_the_error_names_it` |
//! | the wall clock steps | `a_wall_clock_that_jumps_upsets_nothing`, `what_was_left_before_the_clock_was_set_back_is_sent_first`, `a_date_to_come_back_is_one_of_the_receivers_clock`, `nothing_ends_before_it_begins_when_the_clock_is_set_back`, `no_two_samples_of_a_series_have_one_time` |
//! | ten times what is taken | `ten_times_what_a_receiver_takes_costs_no_more_than_the_bound`, `otlp_drops_what_is_ten_times_too_much`, `elastic_drops_what_is_ten_times_too_much`, `bytes_bound_the_queue`, `what_finds_no_room_is_lost_for_every_receiver`, `memory_is_bounded_and_used_again` |
//! | end while away | `the_end_comes_in_time_when_nobody_answers`, `at_the_deadline_the_rest_is_given_up`, `what_cannot_be_delivered_outlives_the_process`, `a_write_that_hangs_at_the_end_is_called_off` |

mod clock;
mod overload;

use super::delivery::tests::assert_balanced;

/// The table above names tests that are there.
#[test]
fn the_tests_of_all_faults_are_there() {
    crate::covered::check(include_str!("mod.rs"), 16);
}
