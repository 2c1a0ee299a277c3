async fn price(&self, shop: String) -> Result<u64, Error> {
    let (__obs_value, _) = {
        let __obs_begun = ::obs_runtime::__private::Begun::UNKNOWN;
        async move {
            let __obs_kept_shop = ::core::clone::Clone::clone(&shop);
            match '__obs_attempt: {
                let __obs_breaker = {
                    static __OBS_BREAKERS: ::obs_runtime::__private::KeyedSite = ::obs_runtime::__private::KeyedSite::new(
                        "prices",
                        ::obs_runtime::__private::BreakerSettings {
                            window: ::obs_runtime::__private::Window::Consecutive,
                            failure_threshold: 5u32,
                            failure_rate: 0.5f64,
                            min_calls: 10u32,
                            slow_call: ::core::option::Option::None,
                            slow_rate: 1f64,
                            timeout: ::core::option::Option::Some(
                                ::core::time::Duration::new(2u64, 0u32),
                            ),
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
                        100u32,
                    );
                    #[::obs_runtime::__private::linkme::distributed_slice(
                        ::obs_runtime::__private::KEYED_SITES
                    )]
                    #[linkme(crate = ::obs_runtime::__private::linkme)]
                    static __OBS_BREAKERS_LISTED: &::obs_runtime::__private::KeyedSite = &__OBS_BREAKERS;
                    __OBS_BREAKERS
                        .get(
                            ::obs_runtime::__private::label_text(
                                &::obs_runtime::__private::LabelProbe(&(shop)),
                            ),
                        )
                };
                let __obs_permit = match ::obs_runtime::__private::Breaker::enter_with(
                    &__obs_breaker,
                    &__obs_begun,
                ) {
                    ::core::result::Result::Ok(__obs_permit) => __obs_permit,
                    ::core::result::Result::Err(__obs_rejected) => {
                        break '__obs_attempt (
                            ::obs_runtime::__private::refused(__obs_rejected),
                            ::obs_runtime::__private::Fate::Rejected,
                        );
                    }
                };
                let __obs_value = match ::obs_runtime::__private::time_limited(
                        ::core::time::Duration::new(2u64, 0u32),
                        async move {
                            #[allow(unreachable_code, clippy::all, clippy::pedantic)]
                            if false {
                                let __obs_typed: Result<u64, Error> = loop {};
                                return __obs_typed;
                            }
                            { self.client.ask(shop).await }
                        },
                    )
                    .await
                {
                    ::core::option::Option::Some(__obs_value) => __obs_value,
                    ::core::option::Option::None => {
                        break '__obs_attempt (
                            ::obs_runtime::__private::refused(__obs_permit.timed_out()),
                            ::obs_runtime::__private::Fate::TimedOut,
                        );
                    }
                };
                let __obs_class = {
                    use ::obs_runtime::__private::{
                        AnyClass as _, OwnClass as _, ResultClass as _,
                    };
                    (&&&::obs_runtime::__private::ClassOf(&__obs_value)).class()
                };
                __obs_permit.settle(__obs_class);
                (__obs_value, ::obs_runtime::__private::Fate::of(__obs_class))
            } {
                (
                    ::core::result::Result::Err(__obs_error),
                    __obs_fate,
                ) if __obs_fate.is_failed() => {
                    (
                        (Self::cached)(self, __obs_kept_shop, __obs_error).await,
                        __obs_fate,
                    )
                }
                (__obs_value, __obs_fate) => (__obs_value, __obs_fate),
            }
        }
    }
        .await;
    __obs_value
}
