#[allow(clippy::needless_pass_by_value)]
fn ask(&self, id: u64) -> impl Future<Output = Result<u64, Error>> + '_ {
    #[allow(unused_imports)]
    use retry as _;
    #[allow(unused_imports)]
    use bulkhead as _;
    ::obs_runtime::__private::value_of(async move {
        {
            let mut __obs_attempts = {
                static __OBS_POLICY: ::obs_runtime::__private::Site<
                    ::obs_runtime::__private::Retry,
                > = <::obs_runtime::__private::Site<
                    ::obs_runtime::__private::Retry,
                >>::new(
                    "ask",
                    ::obs_runtime::__private::RetrySettings {
                        attempts: 3u32,
                        delay: ::core::time::Duration::new(0u64, 100000000u32),
                        backoff: 2f64,
                        max_delay: ::core::time::Duration::new(10u64, 0u32),
                        jitter: 0.5f64,
                        budget: 0.2f64,
                        deadline: ::core::option::Option::None,
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
                let id = ::core::clone::Clone::clone(&id);
                let (__obs_value, __obs_fate) = '__obs_attempt: {
                    let __obs_slot = match {
                        ::obs_runtime::__private::waiting::<()>();
                        {
                            static __OBS_POLICY: ::obs_runtime::__private::Site<
                                ::obs_runtime::__private::Bulkhead,
                            > = <::obs_runtime::__private::Site<
                                ::obs_runtime::__private::Bulkhead,
                            >>::new(
                                "ask",
                                ::obs_runtime::__private::BulkheadSettings {
                                    concurrent: 10u32,
                                    queue: 2u32,
                                    wait: ::core::time::Duration::new(0u64, 10000000u32),
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
                            .enter_async()
                            .await
                    } {
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
                    let __obs_future = ::obs_runtime::__private::future_of::<
                        Result<u64, Error>,
                        _,
                    >(
                        ::obs_runtime::__private::call(move || {
                            async move { self.client.ask(id).await }
                        }),
                    );
                    let __obs_value = match {
                        let __obs_limit = {
                            static __OBS_POLICY: ::obs_runtime::__private::Site<
                                ::obs_runtime::__private::TimeLimit,
                            > = <::obs_runtime::__private::Site<
                                ::obs_runtime::__private::TimeLimit,
                            >>::of_function(
                                "ask",
                                ::core::concat!(::core::file!(), ":", ::core::line!()),
                                ::core::time::Duration::new(1u64, 0u32),
                            );
                            #[::obs_runtime::__private::linkme::distributed_slice(
                                ::obs_runtime::__private::TIME_LIMIT_SITES
                            )]
                            #[linkme(crate = ::obs_runtime::__private::linkme)]
                            static __OBS_POLICY_LISTED: &::obs_runtime::__private::Site<
                                ::obs_runtime::__private::TimeLimit,
                            > = &__OBS_POLICY;
                            __OBS_POLICY.get()
                        };
                        (__obs_limit.run(__obs_future).await, __obs_limit)
                    } {
                        (::core::option::Option::Some(__obs_value), _) => __obs_value,
                        (::core::option::Option::None, __obs_limit) => {
                            break '__obs_attempt (
                                ::obs_runtime::__private::refused(__obs_limit.timed_out()),
                                ::obs_runtime::__private::Fate::TimedOut,
                            );
                        }
                    };
                    ::core::mem::drop(__obs_slot);
                    (__obs_value, ::obs_runtime::__private::Fate::Ran)
                };
                match __obs_attempts
                    .next_async(
                        __obs_fate,
                        ::obs_runtime::__private::retry_after(
                            ::obs_runtime::__private::advice(&__obs_value),
                            &__obs_value,
                            Error::after,
                        ),
                    )
                {
                    ::core::option::Option::None => break (__obs_value, __obs_fate),
                    ::core::option::Option::Some(__obs_delay) => {
                        ::core::mem::drop(__obs_value);
                        {
                            ::obs_runtime::__private::waiting::<()>();
                            ::obs_runtime::__private::pause(__obs_delay).await
                        }
                    }
                }
            }
        }
    })
}
