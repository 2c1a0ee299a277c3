fn pay(card: Card) -> Result<Receipt, Error> {
    let mut __obs_op = ::obs_runtime::__private::Count::new();
    {
        #[allow(unused_imports)]
        use counted as _;
        ///Counts Calls operation=pay
        const __OBS_OPERATION: ::obs_runtime::__private::OperationDef = ::obs_runtime::__private::OperationDef {
            name: "pay",
            service: "",
            function: ::core::concat!(::core::module_path!(), "::", "pay"),
            span: ::core::option::Option::None,
            blocks: &[
                ::obs_runtime::__private::BlockDef {
                    family: ::obs_runtime::__private::OperationFamily::Calls,
                    constants: &[("operation", "pay")],
                    buckets: &[],
                },
            ],
            labels: &[],
            outcomes: 55u8,
            slow_secs: 0f64,
            root: false,
            attributes: &[],
            source: ::obs_runtime::__private::Source {
                module: ::core::module_path!(),
                file: ::core::file!(),
                line: ::core::line!(),
            },
        };
        static __OBS_CALLSITE: ::obs_runtime::__private::Callsite = ::obs_runtime::__private::Callsite::new(
            &__OBS_OPERATION,
        );
        #[::obs_runtime::__private::linkme::distributed_slice(
            ::obs_runtime::__private::CALLSITES
        )]
        #[linkme(crate = ::obs_runtime::__private::linkme)]
        static __OBS_LISTED: &::obs_runtime::__private::Callsite = &__OBS_CALLSITE;
        __obs_op
            .enter(
                &__OBS_CALLSITE,
                ::obs_runtime::__private::SeriesKey::Index(0),
                ::core::option::Option::None,
            )
    };
    let (__obs_value, __obs_fate) = {
        '__obs_attempt: {
            let __obs_breaker = {
                static __OBS_BREAKER: ::obs_runtime::__private::BreakerSite = ::obs_runtime::__private::BreakerSite::new(
                    "payments",
                    ::obs_runtime::__private::BreakerSettings {
                        window: ::obs_runtime::__private::Window::Count(100u32),
                        failure_threshold: 5u32,
                        failure_rate: 0.5f64,
                        min_calls: 10u32,
                        slow_call: ::core::option::Option::Some(
                            ::core::time::Duration::new(1u64, 0u32),
                        ),
                        slow_rate: 1f64,
                        timeout: ::core::option::Option::None,
                        recovery_timeout: ::core::time::Duration::new(60u64, 0u32),
                        backoff: 1f64,
                        max_recovery_timeout: ::core::time::Duration::new(600u64, 0u32),
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
                &__obs_op,
            ) {
                ::core::result::Result::Ok(__obs_permit) => __obs_permit,
                ::core::result::Result::Err(__obs_rejected) => {
                    break '__obs_attempt (
                        ::obs_runtime::__private::refused(__obs_rejected),
                        ::obs_runtime::__private::Fate::Rejected,
                    );
                }
            };
            let __obs_value = ::obs_runtime::__private::call(move || -> Result<
                Receipt,
                Error,
            > { card.charge() });
            __obs_permit
                .settle(
                    ::obs_runtime::__private::ignored(
                        {
                            use ::obs_runtime::__private::{
                                AnyClass as _, OwnClass as _, ResultClass as _,
                            };
                            (&&&::obs_runtime::__private::ClassOf(&__obs_value)).class()
                        },
                        &__obs_value,
                        Error::is_declined,
                    ),
                );
            (__obs_value, ::obs_runtime::__private::Fate::Ran)
        }
    };
    if __obs_op.is_active() {
        __obs_op
            .finish(
                __obs_fate
                    .judge({
                        use ::obs_runtime::__private::{
                            ByDisplay as _, ByOutcome as _, ByOutcomeAndDisplay as _,
                            ByResult as _, ByValue as _,
                        };
                        (&&&&&::obs_runtime::__private::Classify(&__obs_value)).verdict()
                    }),
            );
    }
    __obs_value
}
