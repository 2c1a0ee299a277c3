#[allow(clippy::needless_pass_by_value)]
fn stock(mut order: Order, shop: &Shop) -> Result<u64, Error> {
    #[allow(unused_imports)]
    use rate_limit as _;
    #[allow(unused_imports)]
    use retry as _;
    #[allow(unused_imports)]
    use circuit_breaker as _;
    let (__obs_value, _) = {
        {
            let _ = &mut order;
            let mut __obs_attempts = {
                static __OBS_POLICY: ::obs_runtime::__private::Site<
                    ::obs_runtime::__private::Retry,
                > = <::obs_runtime::__private::Site<
                    ::obs_runtime::__private::Retry,
                >>::of_function(
                    "stock",
                    ::core::concat!(::core::file!(), ":", ::core::line!()),
                    ::obs_runtime::__private::RetrySettings {
                        attempts: 3u32,
                        delay: ::core::time::Duration::new(0u64, 100000000u32),
                        backoff: 2f64,
                        max_delay: ::core::time::Duration::new(10u64, 0u32),
                        jitter: 0.5f64,
                        budget: 0.2f64,
                        deadline: ::core::option::Option::Some(
                            ::core::time::Duration::new(2u64, 0u32),
                        ),
                    },
                );
                #[::obs_runtime::__private::linkme::distributed_slice(
                    ::obs_runtime::__private::RETRY_SITES
                )]
                #[linkme(crate = ::obs_runtime::__private::linkme)]
                static __OBS_POLICY_LISTED: &::obs_runtime::__private::Site<
                    ::obs_runtime::__private::Retry,
                > = &__OBS_POLICY;
                __OBS_POLICY.get()
            }
                .begin(&::obs_runtime::__private::Begun::UNKNOWN);
            loop {
                let mut order = ::core::clone::Clone::clone(&order);
                let (__obs_value, __obs_fate) = '__obs_attempt: {
                    let __obs_breaker = {
                        static __OBS_BREAKER: ::obs_runtime::__private::BreakerSite = ::obs_runtime::__private::BreakerSite::new(
                            "stock",
                            ::obs_runtime::__private::BreakerSettings {
                                window: ::obs_runtime::__private::Window::Consecutive,
                                failure_threshold: 5u32,
                                failure_rate: 0.5f64,
                                min_calls: 10u32,
                                slow_call: ::core::option::Option::None,
                                slow_rate: 1f64,
                                timeout: ::core::option::Option::None,
                                recovery_timeout: ::core::time::Duration::new(60u64, 0u32),
                                backoff: 1f64,
                                max_recovery_timeout: ::core::time::Duration::new(
                                    600u64,
                                    0u32,
                                ),
                                jitter: 0f64,
                                half_open_calls: 3u32,
                                half_open_max: ::core::time::Duration::new(60u64, 0u32),
                            },
                        );
                        #[::obs_runtime::__private::linkme::distributed_slice(
                            ::obs_runtime::__private::BREAKER_SITES
                        )]
                        #[linkme(crate = ::obs_runtime::__private::linkme)]
                        static __OBS_BREAKER_LISTED: &::obs_runtime::__private::BreakerSite = &__OBS_BREAKER;
                        __OBS_BREAKER.get()
                    };
                    let __obs_permit = match ::obs_runtime::__private::Breaker::enter_with(
                        &__obs_breaker,
                        &::obs_runtime::__private::Begun::UNKNOWN,
                    ) {
                        ::core::result::Result::Ok(__obs_permit) => __obs_permit,
                        ::core::result::Result::Err(__obs_rejected) => {
                            break '__obs_attempt (
                                ::obs_runtime::__private::refused(
                                    __obs_attempts.rejected(__obs_rejected),
                                ),
                                ::obs_runtime::__private::Fate::Rejected,
                            );
                        }
                    };
                    if let ::core::result::Result::Err(__obs_rejected) = {
                        static __OBS_POLICY: ::obs_runtime::__private::Site<
                            ::obs_runtime::__private::RateLimit,
                        > = <::obs_runtime::__private::Site<
                            ::obs_runtime::__private::RateLimit,
                        >>::new(
                            "stock",
                            ::obs_runtime::__private::RateLimitSettings {
                                calls: 10u32,
                                per: ::core::time::Duration::new(1u64, 0u32),
                                burst: 10u32,
                                wait: ::core::time::Duration::new(0u64, 0u32),
                            },
                        );
                        #[::obs_runtime::__private::linkme::distributed_slice(
                            ::obs_runtime::__private::RATE_LIMIT_SITES
                        )]
                        #[linkme(crate = ::obs_runtime::__private::linkme)]
                        static __OBS_POLICY_LISTED: &::obs_runtime::__private::Site<
                            ::obs_runtime::__private::RateLimit,
                        > = &__OBS_POLICY;
                        __OBS_POLICY.get()
                    }
                        .enter_with(&::obs_runtime::__private::Begun::UNKNOWN)
                    {
                        break '__obs_attempt (
                            ::obs_runtime::__private::refused(
                                __obs_attempts.rejected(__obs_rejected),
                            ),
                            ::obs_runtime::__private::Fate::Rejected,
                        );
                    }
                    let __obs_slot = match {
                        static __OBS_POLICY: ::obs_runtime::__private::Site<
                            ::obs_runtime::__private::Bulkhead,
                        > = <::obs_runtime::__private::Site<
                            ::obs_runtime::__private::Bulkhead,
                        >>::new(
                            "stock",
                            ::obs_runtime::__private::BulkheadSettings {
                                concurrent: 4u32,
                                queue: 8u32,
                                wait: ::core::time::Duration::new(0u64, 50000000u32),
                            },
                        );
                        #[::obs_runtime::__private::linkme::distributed_slice(
                            ::obs_runtime::__private::BULKHEAD_SITES
                        )]
                        #[linkme(crate = ::obs_runtime::__private::linkme)]
                        static __OBS_POLICY_LISTED: &::obs_runtime::__private::Site<
                            ::obs_runtime::__private::Bulkhead,
                        > = &__OBS_POLICY;
                        __OBS_POLICY.get()
                    }
                        .enter()
                    {
                        ::core::result::Result::Ok(__obs_slot) => __obs_slot,
                        ::core::result::Result::Err(__obs_rejected) => {
                            break '__obs_attempt (
                                ::obs_runtime::__private::refused(
                                    __obs_attempts.rejected(__obs_rejected),
                                ),
                                ::obs_runtime::__private::Fate::Rejected,
                            );
                        }
                    };
                    let __obs_value = ::obs_runtime::__private::call(move || -> Result<
                        u64,
                        Error,
                    > { shop.ask(order.next()) });
                    ::core::mem::drop(__obs_slot);
                    __obs_permit
                        .settle({
                            use ::obs_runtime::__private::{
                                AnyClass as _, OwnClass as _, ResultClass as _,
                            };
                            (&&&::obs_runtime::__private::ClassOf(&__obs_value)).class()
                        });
                    (__obs_value, ::obs_runtime::__private::Fate::Ran)
                };
                match __obs_attempts
                    .next(
                        __obs_fate,
                        ::obs_runtime::__private::retry_if(&__obs_value, Error::is_busy),
                    )
                {
                    ::core::option::Option::None => break (__obs_value, __obs_fate),
                    ::core::option::Option::Some(__obs_delay) => {
                        ::core::mem::drop(__obs_value);
                        ::obs_runtime::__private::block(__obs_delay)
                    }
                }
            }
        }
    };
    __obs_value
}
